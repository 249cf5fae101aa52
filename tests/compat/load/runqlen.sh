work()
{
	load spin 600 &
	load spin 600
	wait $!
}
