before()
{
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p /sys/fs/cgroup/small
	echo 8M >/sys/fs/cgroup/small/memory.max
}
work()
{
	sh -c 'echo $$ >/sys/fs/cgroup/small/cgroup.procs; exec load eat 64 1'
}
