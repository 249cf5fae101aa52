start klists
kcalls file
stop
expect_count 2 '^1 kprobe:vfs_truncate$'
expect_count 2 '^2 kprobe:vfs_truncate vfs_truncate$'
expect_count 2 '^3 kprobe:vfs_truncate$'
expect '^@once\[kprobe:vfs_truncate\]: 2$'
expect '^@ret\[kretprobe:vfs_truncate, vfs_truncate\]: 2$'
expect '^@tracing\[fentry:vmlinux:vfs_truncate, vfs_truncate\]: 2$'
expect '^@tracing\[fexit:vmlinux:vfs_truncate, vfs_truncate\]: 2$'
expect '^@func\[vfs_truncate, kprobe\]: 2$'
expect '^@func\[vfs_truncate, kretprobe\]: 2$'
[ "$(sed -n 's/^\([123]\) .*/\1/p' /tmp/stdout | tr -d '\n')" = 123123 ] || wrong "not in the order of the script"
refuse_stderr 'ERROR|WARNING|[Ll]ost'
