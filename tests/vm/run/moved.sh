# One tool, three kernels: what it was compiled for is 6.1's, what it prints is the kernel's own.
start moved
stop
expect '^pid 1 comm moved leader 1$'
expect '^file 1$'
case $(uname -r) in
6.1.*) expect '^offsets 2976 32$' ;;
6.12.*) expect '^offsets 2976 40$' ;;
esac
# The size of a task, and what a pointer to one steps by
size=$(sed -n 's/^sizes \([0-9]*\) .*/\1/p' /tmp/stdout)
expect "^step $size\$"
expect '^sizes [0-9]+ ([0-9]+) \1$'
