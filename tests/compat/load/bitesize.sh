work()
{
	load direct /dev/nvme0n1 4096 20
	load direct /dev/nvme0n1 65536 5
}
