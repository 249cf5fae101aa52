# Two processes do the same. With -p one of them is seen, and its end is the tool's.
two()
{
	kcalls wait one >one.out &
	one=$!
	kcalls wait two >two.out &
	two=$!
	until grep -q waiting one.out && grep -q waiting two.out; do usleep 20000; done
}

two
start pid -p $one $one
kill -USR1 $two
wait $two
kill -USR1 $one
wait $one
finish
expect_count 5 '^@\[(kprobe|kretprobe|fentry|fexit|tracepoint).*truncate, true\]: [24]$'
expect '^@\[tracepoint:syscalls:sys_enter_truncate, true\]: 2$'
expect '^@\[kprobe:vfs_truncate, true\]: 4$' # of two probes
expect '^@\[fexit:vmlinux:vfs_truncate, true\]: 2$'
expect '^@\[rawtracepoint:vmlinux:sched_process_exit, true\]: 1$'
refuse '^@\[.*, false\]'
refuse_stderr 'ERROR|WARNING|[Ll]ost'

two
start pid $one
kill -USR1 $one $two
wait $one $two
stop
expect '^@\[kretprobe:vfs_truncate, false\]: 2$'
expect '^@\[kretprobe:vfs_truncate, true\]: 2$'

fails 1 pid -p $one $one
expect_stderr "ERROR: .*$one"
