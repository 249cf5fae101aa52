start fentry -v
kcalls file
stop
expect_count 2 '^fentry:vmlinux:vfs_truncate vfs_truncate file 1234$'
expect_count 1 '^fexit:vmlinux:vfs_truncate 0 1234$'
expect_count 1 '^fexit:vmlinux:vfs_truncate -21 1234$'
expect_count 2 '^fentry:vmlinux:vfs_truncate fentry$'
for p in fentry:vmlinux:vfs_unlink fentry:vmlinux:vfs_rmdir fexit:vmlinux:vfs_rmdir; do
	expect_count 1 "^listed $p file\$"
	expect "^@\[$p, ${p##*:}\]: 1\$"
done
expect_count 2 '^wild fentry:vmlinux:vfs_truncate vfs_truncate 1234$'
expect '^@exits\[fexit:vmlinux:vfs_truncate, vfs_truncate\]: 2$'
expect '^@exits\[fexit:vmlinux:vfs_mkdir, vfs_mkdir\]: 1$'
case $(uname -r) in # the compiler made a vfs_statfs.part.0 of it, which BTF does not know
6.1.*) expect_stderr '^Skipped [0-9]+ functions? that match but cannot be traced$' ;;
esac
refuse_stderr 'ERROR|WARNING|[Ll]ost'
