start tracepoint
kcalls file
stop
expect_count 2 '^tracepoint:syscalls:sys_enter_truncate file 1234$'
expect_count 1 '^tracepoint:syscalls:sys_exit_truncate 0$'
expect_count 1 '^tracepoint:syscalls:sys_exit_truncate -21$'
expect_count 1 '^tracepoint:syscalls:sys_enter_rmdir$'
expect_count 1 '^tracepoint:sched:sched_process_exec 1$'
expect_count 1 '^tracepoint:sched:sched_process_exit 1$'
expect '^@\[tracepoint:syscalls:sys_enter_getpriority\]: 1$'
expect '^@\[tracepoint:syscalls:sys_enter_rmdir\]: 1$'
expect_count 1 '^rawtracepoint:vmlinux:sched_process_exec 1 /.*kcalls 1$'
expect_count 1 '^rawtracepoint:vmlinux:sched_process_exit kcalls$'
expect_count 1 '^wild rawtracepoint:vmlinux:sched_process_exec$'
expect_count 1 '^wild rawtracepoint:vmlinux:sched_process_exit$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
