work()
{
	load naps 20 50
}
