work()
{
	load spin 1000
}
