# /t/run.sh of a guest, for busybox's sh: runs everything below /t once and prints one line for each.
#
#   /t/bin/NAME            an example's tool
#   /t/examples/NAME.sh    its load and what it must print, in the words defined here
#   /t/probes/NAME.sh      the same for tests of probes, which may use several tools
#   /t/run/NAME/           a run test: NAME, the tool; args, work.sh, out, status
#   /t/fixtures/           programs that run tests trace; their working directory
#
# Modules of the kernel that tests need are in /modules.
#
# A script of an example is sourced in a shell of its own. It says
#
#   start NAME [ARGS]   starts the tool and waits until its probes are attached
#   stop                ends it with SIGINT; it must end by itself, with status 0
#   finish              waits for it to end by itself (exit(), -c), with status 0
#   fails STATUS NAME [ARGS]  starts the tool, which must end at once, with this status
#   run_fails STATUS COMMAND  the same for any command
#   expect REGEX        a line of its stdout matches (grep -E)
#   expect_stderr REGEX   the same for stderr
#   expect_count N REGEX  exactly N lines match
#   refuse REGEX        none does
#   refuse_stderr REGEX   none of stderr does
#   settle              gives the tool time to print what has happened
#   note TEXT           a figure to show with the verdict
#   skip REASON         ends the script: it cannot work on this kernel
failed=0 passed=0 skipped=0
export FIXTURES=/t/fixtures

# The reasons go to /tmp/why; what the tool printed until the first of them explains them.
wrong()
{
	if [ ! -e /tmp/why ]; then
		cp /tmp/stdout /tmp/why.stdout
		cp /tmp/stderr /tmp/why.stderr
		echo "  of: $command" >/tmp/why
	fi
	echo "  $*" >>/tmp/why
}

start()
{
	command=$*
	tool=$1
	shift
	: >/tmp/stdout
	: >/tmp/stderr
	__BPFTRACE_NOTIFY_PROBES_ATTACHED=1 "/t/bin/$tool" "$@" >/tmp/stdout 2>/tmp/stderr </dev/null &
	pid=$!
	n=0
	until grep -q __BPFTRACE_NOTIFY_PROBES_ATTACHED /tmp/stdout; do
		n=$((n + 1))
		if ! kill -0 "$pid" 2>/dev/null; then
			wait "$pid"
			wrong "ended before its probes were attached, status $?"
			exit
		elif [ $n = 200 ]; then
			wrong "probes not attached after 20 s"
			kill -9 "$pid"
			exit
		fi
		usleep 100000
	done
}

run_fails()
{
	want=$1
	shift
	command=$*
	timeout -k 3 20 "$@" >/tmp/stdout 2>/tmp/stderr </dev/null
	status=$?
	[ $status = $want ] || wrong "exit status $status, not $want"
}

fails()
{
	want=$1 tool=$2
	shift 2
	run_fails $want "/t/bin/$tool" "$@"
}

finish()
{
	[ "$pid" ] || return
	n=0
	while kill -0 "$pid" 2>/dev/null; do
		n=$((n + 1))
		if [ $n = 200 ]; then
			wrong "did not end within 20 s"
			kill -9 "$pid"
			break
		fi
		usleep 100000
	done
	wait "$pid"
	status=$?
	[ $status = 0 ] || wrong "exit status $status"
	pid=
}

stop()
{
	settle
	[ "$pid" ] || return
	kill -INT "$pid" 2>/dev/null
	finish
}

settle()
{
	usleep 200000
}

expect()
{
	grep -qE -- "$1" /tmp/stdout || wrong "no line matches $1"
}

expect_stderr()
{
	grep -qE -- "$1" /tmp/stderr || wrong "no line of stderr matches $1"
}

expect_count()
{
	n=$(grep -cE -- "$2" /tmp/stdout)
	[ "$n" = "$1" ] || wrong "$n lines, not $1, match $2"
}

refuse()
{
	grep -qE -- "$1" /tmp/stdout && wrong "a line matches $1"
}

refuse_stderr()
{
	grep -qE -- "$1" /tmp/stderr && wrong "a line of stderr matches $1"
}

note()
{
	echo "  $*" >/tmp/note
}

skip()
{
	echo "$*" >/tmp/skip
	exit 0
}

# Hundredths of a second since the boot.
now()
{
	sed 's/ .*//; s/\.//' /proc/uptime
}

# verdict NAME: one line, and the reasons
verdict()
{
	took=$((($(now) - began) / 100))
	[ $took -ge 5 ] && set -- "$1 ($took s)"
	if [ -e /tmp/skip ]; then
		echo "SKIP $1: $(cat /tmp/skip)"
		skipped=$((skipped + 1))
	elif [ -s /tmp/why ]; then
		echo "FAIL $1"
		cat /tmp/why
		for f in stdout stderr; do
			echo "  $f:"
			head -n 25 /tmp/why.$f | sed 's/^/    /'
		done
		failed=$((failed + 1))
	else
		echo "ok   $1"
		[ -e /tmp/note ] && cat /tmp/note
		passed=$((passed + 1))
	fi
	rm -f /tmp/skip /tmp/why /tmp/note
}

# scripted KIND FILE: sources it
scripted()
{
	began=$(now)
	name=${2##*/} name=${name%.sh}
	rm -f /tmp/why /tmp/skip
	(
		pid=
		cd /tmp
		PATH=$PATH:/t/fixtures
		. "$2"
		[ -z "$pid" ] || { kill -9 "$pid"; wrong "still runs at the end of the script"; }
	)
	verdict "$1 $name"
}

run_test()
{
	dir=/t/run/$1
	began=$(now)
	rm -f /tmp/why
	command=$1
	set --
	[ -e $dir/args ] && eval "set -- $(cat $dir/args)"
	[ -e $dir/work.sh ] && set -- -c "sh $dir/work.sh" "$@"
	(cd /t/fixtures && timeout -k 3 20 $dir/$command "$@") >/tmp/stdout 2>/tmp/stderr </dev/null
	status=$?
	[ -e $dir/sed ] && sed -i -E -f $dir/sed /tmp/stdout
	want=0
	[ -e $dir/status ] && want=$(cat $dir/status)
	[ $status = $want ] || wrong "exit status $status, not $want"
	if ! cmp -s $dir/out /tmp/stdout; then
		wrong "output differs"
		diff -u $dir/out /tmp/stdout | head -n 30 >>/tmp/why
	fi
	verdict "run ${dir##*/}"
}

mkdir -p /t/fixtures
for f in /t/examples/*.sh; do
	[ -e "$f" ] && scripted example "$f"
done
for f in /t/probes/*.sh; do
	[ -e "$f" ] && scripted probe "$f"
done
for f in /t/run/*; do
	[ -d "$f" ] && run_test ${f##*/}
done

echo "$(uname -r): $passed passed, $skipped skipped, $failed failed"
[ $failed = 0 ]
