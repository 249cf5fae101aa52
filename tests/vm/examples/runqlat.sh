# A shell that waits for 50 children: it is woken for each of them.
cp /bin/busybox busybox-load
mkfifo go
load()
{
	./busybox-load sh -c 'read x <go
		i=0
		while [ $i -lt 50 ]; do
			./busybox-load true
			i=$((i + 1))
		done' &
	load=$!
}

# buckets: the sum of all buckets that were printed
buckets()
{
	sed -n 's/^\[.*[])] *\([0-9]*\) |.*/\1/p' /tmp/stdout | awk '{ n += $1 } END { print n + 0 }'
}

load
start runqlat --tid=$load
echo >go
wait $load
stop
expect '^Measuring waits for a CPU\. Ctrl-C ends\.$'
expect_count 1 '^@usecs:$'
[ "$(buckets)" -ge 50 ] || wrong "only $(buckets) waits"
refuse '^@since|^@usecs_of'
refuse_stderr 'lost|ERROR|WARNING'

load
start runqlat --tid=$load --by-comm --interval=1
echo >go
wait $load
sleep 2
stop
expect '^Measuring waits for a CPU, every 1 s\. Ctrl-C ends\.$'
expect '^@usecs_of\[busybox-load\]:$'
[ "$(buckets)" -ge 50 ] || wrong "only $(buckets) waits by name"
refuse '^@usecs:'
refuse_stderr 'lost|ERROR|WARNING'
rm go
