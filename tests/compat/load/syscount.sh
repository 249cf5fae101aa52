work()
{
	load udp 4000 700
}
