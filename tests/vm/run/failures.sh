# Each names the probe, the reason and, if there is one, the remedy.
fails 1 any_kprobe vfs_truncat
expect_stderr "^any_kprobe.bt:1:1: ERROR: kprobe:vfs_truncat: this kernel has no function 'vfs_truncat'; did you mean .*vfs_truncate"
expect_stderr '^HINT: BPFTRACE_MISSING_PROBES=warn goes on without it'
fails 255 any_kprobe exc_int3
expect_stderr 'ERROR: cannot attach to kprobe:exc_int3: the kernel allows no probe there'
case $(uname -r) in
6.1.*) ;; # it takes the first of them
*)
	fails 255 any_kprobe init_once
	expect_stderr 'ERROR: cannot attach to kprobe:init_once: several functions have that name'
	;;
esac
fails 255 any_kprobe vfs_truncate+1
expect_stderr 'ERROR: cannot attach to kprobe:vfs_truncate\+1: the offset is in the middle of an instruction'
fails 255 any_kprobe vfs_truncate+100000
expect_stderr 'ERROR: cannot attach to kprobe:vfs_truncate\+100000: the offset is behind the function.s end'
fails 1 any_fentry vfs_truncat
expect_stderr "ERROR: fentry:vmlinux:vfs_truncat: .*'vfs_truncat'.*did you mean .*vfs_truncate"
fails 255 any_fentry exc_int3
expect_stderr 'ERROR: cannot attach to fentry:vmlinux:exc_int3: the kernel cannot trace this function'
fails 1 any_fentry entry_SYSCALL_64
expect_stderr "ERROR: fentry:vmlinux:entry_SYSCALL_64: the BTF of .* has no function 'entry_SYSCALL_64', which fentry"
fails 1 any_tracepoint syscalls sys_enter_truncat
expect_stderr 'ERROR: there is no tracepoint syscalls:sys_enter_truncat on this kernel; did you mean .*syscalls:sys_enter_truncate'
fails 1 any_tracepoint nowhere nothing
expect_stderr 'ERROR: there is no tracepoint nowhere:nothing on this kernel'

export BPFTRACE_MISSING_PROBES=warn
start two_probes
kcalls file
stop
expect_count 2 '^kprobe:vfs_truncate$'
expect_stderr "^two_probes.bt:3:1: WARNING: kprobe:no_such_function: this kernel has no function"
expect_stderr 'WARNING: there is no tracepoint syscalls:sys_enter_truncat'
expect_stderr '^Attached 1 probe$'
refuse_stderr ERROR
export BPFTRACE_MISSING_PROBES=ignore
start two_probes
kcalls file
stop
expect_count 2 '^kprobe:vfs_truncate$'
refuse_stderr 'ERROR|WARNING'
unset BPFTRACE_MISSING_PROBES

export BPFTRACE_MAX_PROBES=3
fails 1 kprobe_wild
expect_stderr 'ERROR: [0-9]+ probes are more than the limit of 3'
expect_stderr '^HINT: BPFTRACE_MAX_PROBES=[0-9]+ raises it'
unset BPFTRACE_MAX_PROBES
