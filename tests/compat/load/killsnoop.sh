work()
{
	load kills
}
