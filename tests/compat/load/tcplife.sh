work()
{
	load tcp 4005 30000
	load tcp6 4006
}
