work()
{
	load ids
}
