# 200 reads past the page cache: as many requests.
disk=nvme0n1
[ -b /dev/$disk ] || skip "the guest has no /dev/$disk"
IFS=: read -r major minor </sys/block/$disk/dev
load()
{
	dd if=/dev/$disk of=/dev/null bs=4096 count=200 iflag=direct 2>/dev/null
}

# requests: the sum of all buckets that were printed
requests()
{
	sed -n 's/^\[.*[])] *\([0-9]*\) |.*/\1/p' /tmp/stdout | awk '{ n += $1 } END { print n + 0 }'
}

start biolatency "--major=$major"
load
stop
expect '^Measuring requests to block devices\. Ctrl-C ends\.$'
expect_count 1 '^@usecs:$'
[ "$(requests)" = 200 ] || wrong "$(requests) requests, not 200"
refuse '^@issued|^@usecs_'
refuse_stderr 'lost|ERROR|WARNING'

start biolatency --disks --interval=1
load
sleep 2
stop
expect_count 1 "^@usecs_disk\[$major, $minor\]:\$"
expect '^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$'
[ "$(requests)" = 200 ] || wrong "$(requests) requests by disk, not 200"
refuse '^@usecs:'
refuse_stderr 'lost|ERROR|WARNING'
