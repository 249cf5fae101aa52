hex=$(sed -n 's/ T vfs_truncate$//p' /proc/kallsyms)
dec=$(awk -v h="$hex" 'BEGIN { n = 0; for (i = 9; i <= 16; i++) n = n * 16 + index("0123456789abcdef", substr(h, i, 1)) - 1; printf "%.0f", n }')
# 64 bits are too many for awk: the upper half of a kernel address is 0xffffffff, 18446744069414584320.
dec=$(echo "18446744069414584320 $dec" | sed 's/^18446744069/18446744069 /' | awk '{ d = $2 + $3; printf "%d%09d", $1 + int(d / 1000000000), d % 1000000000 }')
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
fails 255 address "0x${hex%?}1"
expect_stderr 'ERROR: cannot attach to kprobe:[0-9]+: '
fails 255 address 1
expect_stderr 'ERROR: cannot attach to kprobe:1: '
