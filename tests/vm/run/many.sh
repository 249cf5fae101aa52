# From the start of the tool until all are attached, in ms. One by one each takes the kernel 40 ms.
case $(uname -r) in 6.1.*) skip "needs kprobe_multi" ;; esac
export BPFTRACE_MAX_PROBES=10000

# The tool starts its command when all is attached. (cat's sendfile() would race with what the tool writes.)
echo 'read -r x </proc/uptime; echo "$x"' >uptime.sh
least=100000
for i in 1 2 3; do
	before=$(now)
	start many -c "sh uptime.sh"
	finish
	after=$(sed -n 's/^\([0-9]*\)\.\([0-9][0-9]\) .*/\1\2/p' /tmp/stdout)
	[ "$after" ] || { wrong "the command said nothing"; break; }
	took=$(((after - before) * 10))
	[ $took -lt $least ] && least=$took
done
expect_stderr '^Attached [23][0-9]{3} probes$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
# A second is the aim, but the machine that runs the guest may have other work.
note "$(grep Attached /tmp/stderr) in $least ms"
rm uptime.sh
