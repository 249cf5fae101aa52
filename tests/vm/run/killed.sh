# A tool that is killed leaves nothing behind: no kprobe, no hooked function, no program, no pin.
left_over()
{
	cat /sys/kernel/debug/kprobes/list /sys/kernel/tracing/enabled_functions
	ls /sys/fs/bpf
}

mount -t debugfs d /sys/kernel/debug 2>/dev/null
before=$(left_over)
for tool in kprobe kprobe_wild fentry klists bpf_target; do
	start $tool
	[ $tool = bpf_target ] || [ "$(left_over)" != "$before" ] || wrong "$tool hooks nothing"
	kill -KILL $pid
	wait $pid 2>/dev/null
	n=0
	until [ "$(left_over)" = "$before" ]; do
		n=$((n + 1))
		[ $n = 50 ] && wrong "$tool leaves: $(left_over | head -n 3)" && break
		usleep 100000
	done
	pid=
done
# Programs are freed a moment after the last of their descriptors.
n=0
while /t/bin/bpf_probe probe_1_sys_enter_truncate -c true >/tmp/stdout 2>/tmp/stderr; do
	n=$((n + 1))
	[ $n = 20 ] && wrong "a program is left over" && break
	usleep 100000
done
expect_stderr "no BPF program has a function 'probe_1_sys_enter_truncate'"
