start korder
kcalls file
stop
for what in enter:123123 fentry:123123 kprobe:123123 kretprobe:123123 fexit:123123 raw:12; do
	got=$(sed -n "s/^${what%:*} //p" /tmp/stdout | tr -d '\n')
	[ "$got" = "${what#*:}" ] || wrong "${what%:*} runs in the order $got"
done
refuse_stderr 'ERROR|WARNING|[Ll]ost'
