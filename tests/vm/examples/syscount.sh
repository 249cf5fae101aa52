# A loop of chdir(2) calls: 500 of number 80.
cp /bin/busybox busybox-load
load()
{
	./busybox-load sh -c 'i=0
		while [ $i -lt 500 ]; do
			cd /
			i=$((i + 1))
		done'
}

start syscount --comm=busybox-load
load
stop
expect '^Counting system calls\. Ctrl-C ends\.$'
expect_count 1 '^@calls\[80\]: 500$'
refuse '^@callers'
refuse_stderr 'lost|ERROR|WARNING'

start syscount --comm=busybox-load --by-comm --interval=1
load
sleep 2
stop
expect '^Counting system calls, every 1 s\. Ctrl-C ends\.$'
expect '^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$'
expect '^@callers\[busybox-load\]: [0-9]+$'
refuse '^@calls'
refuse_stderr 'lost|ERROR|WARNING'
