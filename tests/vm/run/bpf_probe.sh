start bpf_target
target=$pid
start bpf_probe probe_1_sys_enter_truncate
kcalls file
stop
expect_count 2 '^entry fentry:bpf:[0-9]+:probe_1_sys_enter_truncate'
expect_count 2 '^exit fexit:bpf:[0-9]+:probe_1_sys_enter_truncate$'
expect_count 2 '^wild fentry:bpf:[0-9]+:probe_1_sys_enter_truncate$'
expect '^@\[fexit:bpf:[0-9]+:probe_1_sys_enter_truncate\]: 2$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'

fails 1 bpf_probe probe_1_sys_enter_truncat
expect_stderr "^bpf_probe.bt:2:1: ERROR: fentry:bpf:.*: no BPF program has a function 'probe_1_sys_enter_truncat'; did you mean probe_1_sys_enter_truncate\?$"
kill -INT $target
wait $target
fails 1 bpf_probe probe_1_sys_enter_truncate
expect_stderr "ERROR: .*: no BPF program has a function 'probe_1_sys_enter_truncate'"
