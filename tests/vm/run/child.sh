start child -c "kcalls file 3"
finish
expect '^cpid 1$'
expect '^exec /t/fixtures/kcalls$'
expect '^exits$'
expect '^@truncate: 6$'
expect '^@all: 6$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'

# Its own status is not the tool's.
start child -c "false"
finish
expect '^exec /bin/false$'

fails 1 child -c "no-such-command with words"
expect_stderr "ERROR: -c no-such-command with words: there is no program 'no-such-command'"
mkdir -p /tmp/dir
fails 1 child -c /tmp/dir
expect_stderr "ERROR: -c /tmp/dir: there is no program '/tmp/dir'"

# It ends with the tool, whatever the tool ends with.
for signal in INT KILL; do
	start child -c "sleep 1000"
	ps -o comm,args | grep -q '^sleep .*sleep 1000' || wrong "the child does not run"
	kill -$signal $pid
	wait $pid 2>/dev/null
	status=$?
	[ $signal = KILL ] || [ $status = 0 ] || wrong "exit status $status"
	n=0
	while ps -o comm,args | grep -q '^sleep .*sleep 1000'; do
		n=$((n + 1))
		[ $n = 50 ] && wrong "the child outlives SIG$signal" && break
		usleep 20000
	done
	pid=
done
