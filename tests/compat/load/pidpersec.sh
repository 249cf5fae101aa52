work()
{
	load forks 50
	usleep 2100000
}
