work()
{
	load tcp 4007 1
	load tcp6 4008
}
