# An empty disk is no XFS: to see that, it reads one sector into a buffer of its own.
mkdir -p /tmp/mnt
try_mount()
{
	mount -t xfs /dev/nvme0n1 /tmp/mnt 2>/dev/null && wrong "the disk could be mounted"
}

for m in libcrc32c xfs; do
	[ -e /modules/$m.ko ] || skip "there is no module $m.ko"
	insmod /modules/$m.ko || wrong "insmod $m failed"
done
start raw_module
try_mount
stop
expect_count 1 '^rawtracepoint:xfs:xfs_buf_get_uncached 1$'
expect_count 1 '^wild rawtracepoint:xfs:xfs_buf_get_uncached$'
expect_count 1 '^any rawtracepoint:xfs:xfs_buf_get_uncached$'
expect_count 1 '^tracepoint:xfs:xfs_buf_get_uncached$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'

start module_types
try_mount
stop
expect_count 1 '^rawtracepoint:xfs:xfs_buf_get_uncached 1$'
expect_count 1 '^wild rawtracepoint:xfs:xfs_buf_get_uncached 1$'
expect '^kprobe:xfs:xfs_buf_rele 1$'
expect '^fentry:xfs:xfs_buf_rele 1$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'

fails 1 any_raw xfs sched_switch
expect_stderr "ERROR: rawtracepoint:xfs:sched_switch: module xfs has no raw tracepoint 'sched_switch'"
rmmod xfs libcrc32c

fails 1 raw_module
expect_stderr 'ERROR: rawtracepoint:xfs:xfs_buf_get_uncached: kernel module xfs is not loaded$'
fails 1 any_raw vmlinux sched_swich
expect_stderr "ERROR: rawtracepoint:vmlinux:sched_swich: there is no raw tracepoint 'sched_swich' on this kernel; did you mean .*sched_switch"
