# 100 questions about a file that exists, 100 about one that does not.
cp /bin/busybox busybox-load
load()
{
	./busybox-load sh -c 'i=0
		while [ $i -lt 100 ]; do
			[ -e /etc/passwd ]
			[ -e /no/such/file ]
			i=$((i + 1))
		done'
}

start statsnoop --comm=busybox-load
load
stop
expect '^TIME +PID +COMM +ERR +PATH$'
expect_count 100 '^[0-9:]{8} [0-9]+ +busybox-load +0 /etc/passwd$'
expect_count 100 '^[0-9:]{8} [0-9]+ +busybox-load +2 /no/such/file$'
refuse '^@'
refuse_stderr 'lost|ERROR|WARNING'

start statsnoop --comm=busybox-load --failed
load
stop
refuse ' /etc/passwd$'
expect_count 100 ' 2 /no/such/file$'
refuse_stderr 'lost|ERROR|WARNING'
