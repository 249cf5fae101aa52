mkdir -p /tmp/btc-cgroup/box
mount -t cgroup -o none,name=box none /tmp/btc-cgroup/box
mkdir -p /tmp/btc-cgroup/box/a/b
start cgroups
finish
cp /tmp/stdout /tmp/box
printf '%s\n' 'box:/a/b' '(box:/a/b, )' '' '' '' '@[box:/a/b]: box:/a/b' >/tmp/want
grep -v __BPFTRACE /tmp/box | diff /tmp/want - >>/tmp/diff || wrong "$(cat /tmp/diff)"
refuse_stderr 'ERROR|WARNING'
# The tool's own, as the kernel names it.
start cgroups_own
finish
expect "^unified:$(sed -n 's/^0:://p' /proc/self/cgroup)\$"
rmdir /tmp/btc-cgroup/box/a/b /tmp/btc-cgroup/box/a
umount /tmp/btc-cgroup/box
