# 0.7 to 1.2 of what they should be: the guest's clocks are slow ones.
between()
{
	n=$(sed -n "s/^@$1: //p" /tmp/stdout)
	[ "${n:-0}" -ge "$2" ] && [ "$n" -le "$3" ] || wrong "@$1 is ${n:-not there}, not $2 to $3"
}

start clocks
(while :; do /bin/true; done) &
load=$!
finish
kill $load
expect '^interval:s:1$'
between ms 14 24
between us 35 60
between hz 14 24
between 'duration\[interval:us:100000\]' 7 12
between 'profile\[0\]' 69 119
between 'profile_ms\[profile:ms:20\]' 35 60
between 'clock\[software:cpu-clock:10000000\]' 70 120
between 'switches\[software:cs:1\]' 10 1000000
between 'faults\[software:page-faults:1\]' 10 1000000
between 'task\[software:task-clock:10000000\]' 20 120
refuse_stderr 'ERROR|WARNING|[Ll]ost'
