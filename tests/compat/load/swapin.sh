before()
{
	mkswap /dev/ram2
	swapon /dev/ram2
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p /sys/fs/cgroup/swaps
	echo 8M >/sys/fs/cgroup/swaps/memory.max
}
work()
{
	sh -c 'echo $$ >/sys/fs/cgroup/swaps/cgroup.procs; exec load eat 16 3'
	usleep 1200000
}
after()
{
	swapoff /dev/ram2
}
