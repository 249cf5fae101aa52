# needs: mkfs.xfs
before()
{
	truncate -s 310M image
	mkfs.xfs -q image
	mkdir disk
	mount -t xfs -o loop image disk
}
work()
{
	for i in 1 2 3; do
		dd if=/dev/zero of=disk/file bs=4k count=8 conv=fsync
		cat disk/file >/dev/null
	done
}
after()
{
	umount disk
}
