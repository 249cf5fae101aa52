start symbols -c "kcalls file"
finish
expect "^kaddr 0x$(sed -n 's/ T vfs_truncate$//p' /proc/kallsyms)\$"
expect '^ksym vfs_truncate$'
expect '^at vfs_truncate'
expect '^ +vfs_truncate\+[0-9]+$'
expect '^ +(do_sys_truncate|__x64_sys_truncate)\+[0-9]+$'
expect '^ +do_syscall_64\+[0-9]+$'
expect '^ +(__)?truncate(64)?\+[0-9]+$'
expect '^ +main\+[0-9]+$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
