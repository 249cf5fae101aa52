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

id=$(sed -n 's/^entry fentry:bpf:\([0-9]*\):.*/\1/p' /tmp/stdout | head -n 1)
start bpf_by_id $id probe_1_sys_enter_truncate
kcalls file
stop
expect_count 2 "^one fentry:bpf:$id:probe_1_sys_enter_truncate "
expect_count 2 "^wild fexit:bpf:$id:probe_1_sys_enter_truncate\$"
refuse_stderr 'ERROR|WARNING|[Ll]ost'
fails 1 bpf_by_id 4000000 probe_1_sys_enter_truncate
expect_stderr 'ERROR: fentry:bpf:4000000:probe_1_sys_enter_truncate: '

fails 1 bpf_probe probe_1_sys_enter_truncat
expect_stderr "^bpf_probe.bt:2:1: ERROR: fentry:bpf:.*: no BPF program has a function 'probe_1_sys_enter_truncat'; did you mean probe_1_sys_enter_truncate\?$"
kill -INT $target
wait $target
fails 1 bpf_probe probe_1_sys_enter_truncate
expect_stderr "ERROR: .*: no BPF program has a function 'probe_1_sys_enter_truncate'"
