headers=yes
work()
{
	load unrouted 4009
	# bpftrace looks each address of a stack up.
	sleep 2
}
