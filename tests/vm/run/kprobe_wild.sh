run()
{
	start kprobe_wild -v "$@"
	kcalls file
	stop
	for f in truncate mkdir rmdir; do
		expect "^kprobe:vfs_$f vfs_$f\$"
	done
	expect_count 1 '^kretprobe:vfs_truncate vfs_truncate 0$'
	expect_count 1 '^kretprobe:vfs_truncate vfs_truncate -21$'
	expect '^@calls\[vfs_truncate\]: 2$'
	expect '^@by\[kprobe:vfs_rmdir\]: 1$'
	refuse_stderr 'ERROR|WARNING|[Ll]ost'
}

run
case $(uname -r) in
6.1.*) refuse_stderr 'one link' ;; # its kernel has no CONFIG_FPROBE
*) expect_stderr 'kprobe:vfs_\*dir\*: one link for [0-9]+ functions' ;;
esac
run --no-feature=kprobe_multi
refuse_stderr 'one link'
