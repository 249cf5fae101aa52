# A file of 1234 bytes, then a directory, which cannot be truncated (-EISDIR = -21).
start kprobe
kcalls file
stop
expect_count 2 '^kprobe:vfs_truncate vfs_truncate 1234 file$'
expect_count 2 '^kprobe:vmlinux:vfs_truncate kprobe$'
expect_count 2 '^kprobe:vfs_truncate\+9 vfs_truncate$'
expect_count 1 '^kretprobe:vfs_truncate vfs_truncate 0 0$'
expect_count 1 '^kretprobe:vfs_truncate vfs_truncate -21 1$'
expect_count 1 '^listed kprobe:vfs_unlink$'
expect_count 1 '^listed kprobe:vfs_rmdir$'
expect_count 1 '^listed kretprobe:vfs_rmdir$'
expect '^@\[kprobe:vfs_unlink, vfs_unlink\]: 1$'
expect '^@\[kretprobe:vfs_rmdir, vfs_rmdir\]: 1$'
expect_stderr '^Attached 7 probes$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
