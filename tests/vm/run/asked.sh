# What a tool tells of itself where there are kprobes, fentry and functions to list. Words of fails: status, tool, options.
fails 0 kprobe_wild --list
expect_count 1 '^kprobe:vfs_truncate$'
expect '^kretprobe:vfs_truncate$'
fails 0 kprobe_wild --list --probe-filter 'vfs_(rm|mk)dir$'
expect_count 2 '^kprobe:vfs_'
fails 0 kprobe_wild --check
expect '^yes  probe kprobe:vfs_\*dir\*, [1-9]'
expect '^kprobe_wild can run here$'
refuse '^no'
echo vfs_truncate >/tmp/functions
echo 'vfs_nonesuch' >>/tmp/functions
fails 0 kprobe_wild --list --traceable-functions /tmp/functions
expect_count 2 '^k.*probe:vfs_truncate$'
expect_count 2 probe:
fails 1 kprobe_wild --list --traceable-functions /tmp/nonesuch
expect_stderr 'traceable-functions /tmp/nonesuch: No such file'

fails 0 fentry --check
expect '^yes  kernel BTF$'
expect '^yes  probe fentry:vmlinux:vfs_unlink$'
expect '^yes  type .*d_name'
expect '^fentry can run here$'
fails 0 any_kprobe --check vfs_truncate
fails 1 any_kprobe --check vfs_nonesuch
expect '^no   probe kprobe:.*: this kernel has no such function$'
fails 1 gone_tp --check
expect '^no   field colour of tracepoint syscalls/sys_enter_truncate: the tracepoint has none of this name$'
expect '^gone_tp cannot run here: '
fails 0 symbols --check
expect '^yes  kernel symbol vfs_truncate$'
case $(uname -r) in
6.1.*) ;;
*)
	fails 1 gone_field --check
	expect '^no   type inode.i_atime.tv_sec: this kernel has no such member$'
	expect '^no   what .*gone_field.bt:.* needs: .*i_atime'
	;;
esac
fails 0 any_kprobe --info
expect '^memory  '
fails 0 any_kprobe --source
expect '^kprobe:\$1 '
fails 0 kprobe --dry-run
refuse .

# What runs on after most capabilities are dropped: CAP_BPF is left, and what names take.
for tool in "kprobe 0000008400000000" "fentry 0000008400000000" "any_kprobe 0000008000000000 vfs_truncate" "symbols 0000008400080004"; do
	set -- $tool
	start $1 $3
	usleep 200000
	[ "$(sed -n 's/^CapEff:.//p' /proc/$pid/status)" = $2 ] || wrong "$tool: $(grep CapEff /proc/$pid/status)"
	kcalls file
	stop
	expect 'vfs_truncate'
done
