work()
{
	load syncs file
}
