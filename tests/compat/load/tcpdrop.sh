headers=yes
work()
{
	load backlog 4009
}
