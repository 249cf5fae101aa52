headers=yes
work()
{
	# Of the drops that follow a lost route bpftrace prints but the first on 6.12, where its headers are those of 6.1;
	# the kernel's own trace has all that btc prints.
	case $(uname -r) in
	6.1.*) load unrouted 4009 ;;
	*) load backlog 4009 ;;
	esac
	sleep 2
}
