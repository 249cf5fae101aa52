work()
{
	load caps
}
