# 2 DAC_READ_SEARCH, 34 SYSLOG, 38 PERFMON, 39 BPF
caps()
{
	status=$1 caps=$2
	shift 2
	cp "/t/bin/$1" /tmp/tool
	shift
	run_fails $status dropcaps 1000 $caps /tmp/tool "$@"
}

chmod 1777 /tmp
caps 1 - any_kprobe vfs_truncate
expect_stderr 'ERROR: missing CAP_BPF, to load programs; CAP_PERFMON, to trace with them; CAP_DAC_READ_SEARCH, to read tracefs'
expect_stderr '^HINT: run it as root, or .*setcap'
caps 1 39 any_kprobe vfs_truncate
expect_stderr 'ERROR: missing CAP_PERFMON'
refuse_stderr CAP_BPF,
caps 1 38 any_kprobe vfs_truncate
expect_stderr 'ERROR: missing CAP_BPF'
caps 1 38,39 any_tracepoint syscalls sys_enter_truncate
expect_stderr 'ERROR: tracepoint:.*: cannot read tracefs: .*CAP_DAC_READ_SEARCH'
caps 1 38,39 kprobe_wild
expect_stderr 'ERROR: kprobe:vfs_.*: cannot read tracefs: .*CAP_DAC_READ_SEARCH'
echo 1 >/proc/sys/kernel/kptr_restrict
caps 1 38,39 symbols
expect_stderr "ERROR: the address of kernel symbol 'vfs_truncate' is hidden; CAP_SYSLOG shows it"

# Debian's own level of this asks for CAP_SYS_ADMIN.
echo 3 >/proc/sys/kernel/perf_event_paranoid
caps 255 38,39 any_kprobe vfs_truncate
expect_stderr 'ERROR: cannot attach to kprobe:vfs_truncate: Permission denied'
expect_stderr '^HINT: kernel.perf_event_paranoid is 3'

# These are enough.
echo 2 >/proc/sys/kernel/perf_event_paranoid
for tool in "any_tracepoint syscalls sys_enter_truncate" "symbols" "fentry" "kprobe"; do
	set -- $tool
	cp "/t/bin/$1" /tmp/tool
	shift
	dropcaps 1000 2,34,38,39 /tmp/tool -c "kcalls tmp-file" "$@" >/tmp/stdout 2>/tmp/stderr
	status=$?
	[ $status = 0 ] || wrong "$tool: exit status $status"
	expect 'vfs_truncate|sys_enter_truncate'
done
rm /tmp/tool
