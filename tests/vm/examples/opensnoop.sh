# 100 opens that succeed and 100 that fail, by one program of a name of its own.
cp /bin/busybox busybox-load
load()
{
	./busybox-load sh -c 'i=0
		while [ $i -lt 100 ]; do
			true </etc/passwd
			true </no/such/file
			i=$((i + 1))
		done' 2>/dev/null
}

start opensnoop --comm=busybox-load
load
true </etc/passwd
stop
expect '^TIME +PID +COMM +UID +FD +ERR +PATH$'
expect_count 100 '^[0-9:]{8} [0-9]+ +busybox-load +0 +[0-9]+ +0 /etc/passwd$'
expect_count 100 '^[0-9:]{8} [0-9]+ +busybox-load +0 +-1 +2 /no/such/file$'
expect_count 200 ' (/etc/passwd|/no/such/file)$'
refuse '^@'
refuse_stderr 'lost|ERROR|WARNING'

start opensnoop --comm=busybox-load --failed --uid=0
load
stop
refuse ' /etc/passwd$'
expect_count 100 ' busybox-load +0 +-1 +2 /no/such/file$'
refuse_stderr 'lost|ERROR|WARNING'

start opensnoop --uid=12345
load
stop
refuse busybox-load
