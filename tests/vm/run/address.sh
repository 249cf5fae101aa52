hex=$(sed -n 's/ T vfs_truncate$//p' /proc/kallsyms)
dec=$(printf %u "0x$hex")
start address "0x$hex"
kcalls file
stop
expect_count 2 "^kprobe:$dec vfs_truncate 1234\$"
expect_count 2 "^kretprobe:$dec vfs_truncate\$"
expect "^@\[kprobe:$dec\]: 2\$"
refuse_stderr 'ERROR|WARNING|[Ll]ost'

start address vfs_truncate
kcalls file
stop
expect_count 2 '^kprobe:vfs_truncate vfs_truncate 1234$'
for at in "0x${hex%?}1" 1; do
	fails 255 address "$at"
	expect_stderr 'ERROR: cannot attach to k(ret)?probe:[0-9]+: (the kernel allows no probe there|it is in the middle of an instruction)$'
done
