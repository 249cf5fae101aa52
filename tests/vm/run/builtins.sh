# All of docs/builtins.md's examples print what they must; the tools print each one's name before it.
# rows TOOL: of the output in /tmp/stdout and /tmp/stderr
rows()
{
	awk -v tool="$1" '
		FNR == NR {
			if ($1 == tool) {
				of[$3] = $2
				re = $0
				sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", re)
				want[$2] = re
			}
			next
		}
		FILENAME == "/tmp/stderr" {
			for (n in want)
				if (n ~ /^(errorf|warnf)$/ && $0 ~ want[n])
					ok[n] = 1
			next
		}
		/^row / { # a timer interrupts between a row and its line, but its own, of a map, come at the end
			seen[$2] = 1
			if (want[$2] !~ /^\^@[:\\]/)
				at = $2
			next
		}
		/^@e[0-9]+_/ { # a map of this number; its further lines follow
			nr = $0
			sub(/^@e/, "", nr)
			sub(/_.*/, "", nr)
			at = of[nr]
			sub(/^@e[0-9]+_/, "@")
		}
		!(at in want) { next }
		want[at] == "-" && NF { print at " must print nothing, not " $0 }
		want[at] != "-" && $0 ~ want[at] { ok[at] = 1 }
		END {
			for (n in want)
				if (!seen[n])
					print n " did not happen"
				else if (want[n] != "-" && !ok[n])
					print "no line of " n " matches " want[n]
		}' /t/builtins.want /tmp/stdout /tmp/stderr >/tmp/rows
	while read -r line; do
		wrong "$line"
	done </tmp/rows
}

run_fails 0 /t/bin/builtins_begin -c true word
rows builtins_begin
grep -vE ': ERROR: 1 is odd$|: WARNING: .* is slow$' /tmp/stderr >/tmp/rows
grep -E 'ERROR|WARNING' /tmp/rows && wrong "warns: $(head -n 1 /tmp/rows)"

# A process that is stopped, gets a signal, and writes what is not what it wrote.
cat >victim <<'V'
#!/bin/sh
trap 'usr2=1' USR2
kill -0 $$
echo xyz >/tmp/victim.out
[ "$usr2" ] && exit 3
V
chmod +x victim
ifconfig lo up
for i in 1 2 3; do nc -l -p 703$i </dev/null >/dev/null & done
start builtins_probes
# Several times: another process may come in between, too.
for i in 1 2 3; do
	cat /etc/passwd >/dev/null
	busybox echo "done" >/dev/null
	ping -c 1 127.0.0.1 >/dev/null
	echo x | nc 127.0.0.1 703$i >/dev/null
done
./victim &
victim=$!
signals=
for i in 1 2 3 4 5 6 7 8 9 10; do
	if grep -q '^State:.T' /proc/$victim/status; then
		signals="row signal
stopped"
		kill -CONT $victim
		break
	fi
	usleep 200000
done
wait $victim
[ $? = 3 ] && signals="$signals
row signal_thread
usr2"
stop
echo "$signals" >>/tmp/stdout
rows builtins_probes
[ "$(cat victim.out)" = abc ] || wrong "write_user: $(cat victim.out)"
refuse_stderr ERROR
