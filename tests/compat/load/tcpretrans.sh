work()
{
	load backlog 4010
}
