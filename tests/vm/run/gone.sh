# What the tools were compiled for is not there. 6.1 has what gone_field and gone_arg want.
case $(uname -r) in
6.1.*)
	start gone_field
	kcalls file
	stop
	expect '^size 0$'
	expect '^atime 1$'
	start gone_member
	kcalls file
	stop
	expect '^atime 1$'
	start gone_begin
	kill -USR1 $pid
	stop
	expect '^begin [01]$'
	expect '^self [01]$'
	expect '^end [01]$'
	start gone_type
	stop
	expect '^size 1$'
	expect '^step 1$'
	start gone_arg
	kcalls file
	stop
	expect '^ns 1$'
	expect '^fexit:vmlinux:vfs_mkdir 493 0$'
	;;
*)
	fails 1 gone_field
	expect_stderr "^gone_field.bt:6: ERROR: kprobe:vfs_write: struct inode has no field 'i_atime.tv_sec' on this kernel\$"
	expect_stderr '^HINT: BPFTRACE_MISSING_PROBES=warn leaves such probes out'
	fails 1 gone_member
	expect_stderr '^gone_member.bt:7: ERROR: fentry:vmlinux:vfs_truncate: .* is not on this kernel: .*i_atime'
	fails 1 gone_arg
	expect_stderr "^gone_arg.bt:5:[0-9]+.*: ERROR: fentry:vmlinux:vfs_mkdir: function vfs_mkdir has no parameter 'mnt_userns' on this kernel"
	fails 1 gone_begin
	expect_stderr "^gone_begin.bt:2: ERROR: begin: struct inode has no field 'i_atime.tv_sec' on this kernel\$"
	fails 1 gone_type
	expect_stderr '^gone_type.bt:2: ERROR: begin: this kernel has no struct pagevec$'
	export BPFTRACE_MISSING_PROBES=warn
	start gone_type
	stop
	expect_stderr '^gone_type.bt:2: WARNING: begin: this kernel has no struct pagevec; the probe is left out$'
	expect_stderr '^gone_type.bt:3: WARNING: begin: this kernel has no struct swap_cluster_list; '
	expect '^here$'
	refuse '^size|^step'
	start gone_begin
	kill -USR1 $pid
	stop
	expect_stderr "^gone_begin.bt:2: WARNING: begin: .*'i_atime.tv_sec'.*left out"
	expect_stderr "^gone_begin.bt:4: WARNING: self:signal:SIGUSR1: .*'i_atime.tv_sec'.*left out"
	expect_stderr "^gone_begin.bt:5: WARNING: end: .*'i_atime.tv_sec'.*left out"
	expect '^second$'
	expect '^last$'
	refuse '^(begin|self|end) '
	start gone_field
	kcalls file
	stop
	expect_stderr "^gone_field.bt:6: WARNING: kprobe:vfs_write: .*'i_atime.tv_sec'.*left out"
	expect '^kprobe:vfs_unlink$'
	refuse '^size'
	start gone_member
	kcalls file
	stop
	expect_stderr '^gone_member.bt:7: WARNING: .*i_atime.*left out'
	expect '^fexit:vmlinux:vfs_truncate$'
	refuse '^atime'
	start gone_arg
	kcalls file
	stop
	expect_stderr "^gone_arg.bt:5:[0-9]+.*: WARNING: fentry:vmlinux:vfs_mkdir: .*'mnt_userns'.*left out"
	expect '^fexit:vmlinux:vfs_mkdir 493 0$'
	refuse '^ns'
	unset BPFTRACE_MISSING_PROBES
	;;
esac

fails 1 gone_tp
expect_stderr "^gone_tp.bt:23:[0-9]+.*: ERROR: tracepoint:syscalls:sys_enter_truncate: tracepoint syscalls/sys_enter_truncate has no field 'colour' on this kernel"
export BPFTRACE_MISSING_PROBES=warn
echo "/t/fixtures/kcalls file; true" >work
start gone_tp -c "sh work"
finish
expect_stderr "^gone_tp.bt:23:[0-9]+.*: WARNING: .*'colour'.*left out"
expect '^77 1234 140$'
expect '^ret 0$'
expect '^ret -21$'
expect '^fork sh$'
refuse colour
refuse_stderr 'ERROR|[Ll]ost'
rm work
