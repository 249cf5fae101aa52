work()
{
	sleep 2
}
