# /t/run.sh of a guest, for busybox's sh: runs each script by the reference and as a tool of btc, both at once, under
# one load, and sends what they printed over the console.
#
#   /t/root/            what the reference needs, and the loads, as if it were /; /t/root/reference takes a script
#   /t/scripts/NAME.bt  scripts; /t/only has the names of those to run
#   /t/newest/NAME      tools made of them with the newest clang; one that is missing could not be compiled
#   /t/oldest/NAME      with the oldest; they only have to be attached
#   /t/load/NAME.sh     the load: `work` makes what the two print, once both are attached
#
# It may define `before` and `after`, and set
#   args    arguments for both
#   headers to any text: the reference is told where kernel headers are (it then reads many for each script)
#   alone   to any text: the two follow one another, since together they disturb each other
# Beside it NAME.sed says what of the output varies, see compare.
#
# For each script the console gets "@@ NAME" and then, in base64, a tar of files: reference and subject are what was
# printed to stdout, with .err to stderr, .status the exit status, .start hundredths of a second until attached; oldest
# what the oldest clang's tool said. If the
# tool refused to start, refused is its status and refused.err what it said; then it is told to go on without what is
# missing, and the rest is of that.
for d in usr lib lib64 sbin; do
	[ -e /$d ] || ln -s /t/root/$d /$d
done
for f in /t/root/usr/bin/* /t/root/etc/*; do
	to=${f#/t/root}
	to=${to#/usr}
	[ -e "$to" ] || ln -s "$f" "$to"
done
parameters()
{
	[ $1 = brd ] && echo rd_nr=3 rd_size=65536
}
for m in $(cat /modules/names); do
	[ -e /modules/$m.ko ] && insmod /modules/$m.ko $(parameters $m)
done
export PATH=$PATH:/usr/sbin TERM=dumb
# An emulator keeps what it has translated for addresses that come again.
echo 0 >/proc/sys/kernel/randomize_va_space
mount -o remount,size=75% /tmp

# Hundredths of a second since the boot.
now()
{
	sed 's/ .*//; s/\.//' /proc/uptime
}

# begin WHO COMMAND...: starts it, waits until it is attached or has ended
begin()
{
	who=$1
	shift
	began=$(now)
	__BPFTRACE_NOTIFY_PROBES_ATTACHED=1 "$@" >$r/$who 2>$r/$who.err </dev/null &
	eval ${who}_pid=$!
	n=0
	until grep -qs __BPFTRACE_NOTIFY $r/$who $r/$who.err; do
		n=$((n + 1))
		[ $n = 2400 ] && break
		kill -0 $! 2>/dev/null || break
		usleep 50000
	done
	echo $(($(now) - began)) >$r/$who.start
}

# end WHO: waits for it to do so after SIGINT. bpftrace forgets one that comes early, and drops what it has to say
# when one comes too many.
end()
{
	eval pid=\$${1}_pid
	n=0
	while kill -0 $pid 2>/dev/null; do
		n=$((n + 1))
		[ $((n % 100)) = 0 ] && kill -INT $pid
		[ $n = 1200 ] && kill -9 $pid
		usleep 50000
	done
	wait $pid
	echo $? >$r/$1.status
}

# subject COMMAND...: begins it. If it refuses to start it is told to do without what is missing.
subject()
{
	begin subject "$@"
	kill -0 $subject_pid 2>/dev/null && return
	wait $subject_pid
	echo $? >$r/refused
	mv $r/subject.err $r/refused.err
	begin subject env BPFTRACE_MISSING_PROBES=warn "$@"
}

one()
{
	name=$1 args='' alone='' headers=''
	r=/tmp/r
	rm -rf $r /tmp/w
	mkdir -p $r /tmp/w
	cd /tmp/w
	before() { :; }
	work() { :; }
	after() { :; }
	[ -e /t/load/$name.sh ] && . /t/load/$name.sh
	before >$r/load 2>&1
	[ "$headers" ] && export BPFTRACE_KERNEL_SOURCE=/usr/src/source BPFTRACE_KERNEL_BUILD=/usr/src/build
	begin reference /t/root/reference /t/scripts/$name.bt $args
	if [ "$alone" ]; then
		work >>$r/load 2>&1
		usleep 300000
		kill -INT $reference_pid
		end reference
	fi
	[ -x /t/newest/$name ] && subject /t/newest/$name $args
	work >>$r/load 2>&1
	usleep 300000
	# Both at the same moment, so that neither sees more than the other.
	for who in reference subject; do
		[ -e $r/$who ] && [ ! -e $r/$who.status ] && eval kill -INT \$${who}_pid 2>/dev/null
	done
	for who in reference subject; do
		[ -e $r/$who ] && [ ! -e $r/$who.status ] && end $who
	done
	after >>$r/load 2>&1
	timeout 60 /t/oldest/$name --dry-run $args >$r/oldest 2>&1 </dev/null
	echo $? >$r/oldest.status
	echo "@@ $name"
	tar -c -C $r . | gzip -9 | base64
}

for name in $(cat /t/only); do
	(one $name)
done
echo "@@"
