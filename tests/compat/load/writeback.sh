before()
{
	mke2fs -F /dev/nvme0n1
	mkdir disk
	mount -t ext2 /dev/nvme0n1 disk || mount -t ext4 /dev/nvme0n1 disk
}
work()
{
	dd if=/dev/zero of=disk/file bs=64k count=16
	sync
	rm disk/file
	sync
}
after()
{
	umount disk
}
