# dd reads and writes 1000 times and syncs once.
mkfifo go
sh -c 'read x <go; exec dd if=/dev/zero of=copy bs=1 count=1000 conv=fsync 2>/dev/null' &
load=$!

# column N: sum of a column of all lines
column()
{
	awk -v n="$1" '/^[0-9]/ { sum += $n } END { print sum + 0 }' /tmp/stdout
}

start vfsstat --process=$load 1
echo >go
wait $load
sleep 2
stop
expect '^TIME +READ +WRITE +FSYNC +OPEN +CREATE$'
expect '^[0-9:]{8} +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +0$'
# The shell reads its line and exec, dd tells its counts: a few more.
for n in 2 3; do
	sum=$(column $n)
	[ "$sum" -ge 1000 ] && [ "$sum" -le 1020 ] || wrong "sum of column $n is $sum"
done
[ "$(column 4)" = 1 ] || wrong "$(column 4) calls of fsync"
[ "$(column 5)" -ge 2 ] || wrong "$(column 5) opens"
refuse '^@'
refuse_stderr 'lost|ERROR|WARNING'

start vfsstat 2
sleep 5
stop
expect_count 2 '^[0-9:]{8} +[0-9]+ +[0-9]+'
rm -f go copy
