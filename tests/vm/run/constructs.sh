# The constructs of docs/language.md that are programs of their own; tests/constructs runs them on this machine.
nr=0
while IFS="$(printf '\t')" read -r tool child name want; do
	nr=$((nr + 1))
	command="constructs $tool"
	set -- 7 word
	[ "$child" = child ] && set -- -c 'usleep 10000'
	timeout -k 3 20 /t/bin/constructs "$tool" "$@" >/tmp/stdout 2>/tmp/stderr </dev/null
	status=$?
	[ $status = 0 ] || wrong "$name: exit status $status"
	got=$(tr -s '\n' ' ' </tmp/stdout | sed 's/ $//')
	[ "$got" = "$want" ] || wrong "$name: prints '$got', not '$want'"
	grep -qv '^Attached ' /tmp/stderr && wrong "$name: has something to say"
done </t/probes/constructs.list
[ $nr -gt 30 ] || wrong "only $nr constructs"
note "$nr constructs"
