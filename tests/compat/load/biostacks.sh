work()
{
	load direct /dev/nvme0n1 4096 20
}
