# No emulated CPU of x86 counts events.
[ -e /sys/bus/event_source/devices/cpu/type ] && [ "$(cat /sys/bus/event_source/devices/cpu/caps/max_precise 2>/dev/null)" ] || {
	fails 255 hardware
	expect_stderr 'ERROR: cannot attach to hardware:'
	[ -e /tmp/why ] || skip "this CPU has no counters; it was said so"
	exit
}
start hardware
dd if=/dev/zero of=/dev/null bs=1 count=100000 2>/dev/null
stop
expect '^@\[hardware:cpu-cycles:1000000\]: [1-9]'
expect '^@\[hardware:instructions\]: [1-9]'
