work()
{
	load tcp 4003 10000
	load tcp6 4004
}
