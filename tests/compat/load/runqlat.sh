headers=yes
work()
{
	load forks 50
}
