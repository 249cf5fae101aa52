cat >late-work <<'W'
dd if=/dev/zero of=/dev/nvme0n1 bs=12288 count=1 oflag=direct 2>/dev/null
/t/fixtures/kcalls file
W
start late -c "sh late-work"
finish
expect '^task 1 1 kcalls sh$'
expect '^file file 100644 1 1024 2 10$'
expect '^inode [1-9][0-9]*$'
expect '^block 1 24 WS?$'
expect '^fork sh 1$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
rm late-work
