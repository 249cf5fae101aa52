# Signals to a process of ours, and to one that cannot exist.
cp /bin/busybox busybox-load
nobody=4194305
sleep 100 &
target=$!

start killsnoop --target=$target
./busybox-load sh -c "kill -0 $nobody
	i=0
	while [ \$i -lt 20 ]; do
		kill -0 $target
		i=\$((i + 1))
	done
	kill -15 $target" 2>/dev/null
stop
expect '^TIME +PID +COMM +SIG +TARGET +ERR$'
line='^[0-9:]{8} [0-9]+ +busybox-load +'
expect_count 20 "${line}0 +$target +0\$"
expect_count 1 "${line}15 +$target +0\$"
refuse " $nobody "
refuse_stderr 'lost|ERROR|WARNING'

start killsnoop --signal=9 --failed
./busybox-load sh -c "kill -0 $nobody; kill -9 $nobody" 2>/dev/null
stop
expect_count 1 "${line}9 +$nobody +3\$"
expect_count 1 ' busybox-load '
refuse '^@'
refuse_stderr 'lost|ERROR|WARNING'
