work()
{
	load tcp 4001 10000
	load tcp6 4002
}
