# Without tracefs, then without BTF.
umount /sys/kernel/debug/tracing 2>/dev/null
umount /sys/kernel/tracing /sys/kernel/debug
fails 1 any_tracepoint syscalls sys_enter_truncate
expect_stderr 'ERROR: tracepoint:.*: cannot find tracefs; mount it: mount -t tracefs tracefs /sys/kernel/tracing'
fails 1 kprobe_wild
expect_stderr 'ERROR: kprobe:vfs_.*: cannot find tracefs; mount it'
start any_kprobe vfs_truncate
kcalls file
stop
expect_count 2 '^kprobe:vfs_truncate$'
mount -t tracefs t /sys/kernel/tracing
mount -t debugfs d /sys/kernel/debug

mount -t tmpfs none /sys/kernel/btf
fails 1 late
expect_stderr 'ERROR: this kernel has no type information \(/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF\)'
fails 1 any_fentry vfs_truncate
expect_stderr 'ERROR: .*fentry.* BTF'
start any_kprobe vfs_truncate
kcalls file
stop
expect_count 2 '^kprobe:vfs_truncate$'
umount /sys/kernel/btf
