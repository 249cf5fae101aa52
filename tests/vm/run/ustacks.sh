start ustacks
kcalls file
stop
for type in kprobe kretprobe fentry fexit tracepoint rawtracepoint; do
	grep -A 4 "^@\[$type, *$" /tmp/stdout >/tmp/one
	grep -qE '^ +(__)?truncate(64)?\+[0-9]+$' /tmp/one && grep -qE '^ +main\+[0-9]+$' /tmp/one ||
		wrong "no names for $type: $(cat /tmp/one)"
done
expect '^ +shorten\+0$'
refuse '0x'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
