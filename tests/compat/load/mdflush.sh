before()
{
	load mirror /dev/md0 /dev/ram0 /dev/ram1
}
work()
{
	load fsyncs /dev/md0 3
}
