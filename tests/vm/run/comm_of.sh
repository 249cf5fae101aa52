start comm_of
kcalls file
stop
# Kernels from 6.2 on find tasks for fentry, from 6.13 on for kprobes too.
if expect_count 2 '^fentry \[unknown\] \[unknown\]$' && [ ! -e /tmp/why ]; then
	case $(uname -r) in
	6.1.*) ;;
	*) wrong "fentry does not know the task" ;;
	esac
else
	rm -f /tmp/why
	expect_count 2 '^fentry kcalls N/A$'
	expect_stderr 'WARNING: no process has the id 99999999'
fi
expect_count 2 '^kprobe (kcalls|\[unknown\])$'
