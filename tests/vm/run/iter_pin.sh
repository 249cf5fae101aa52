# Twice: the second run takes the place of the first.
for i in 1 2; do
	run_fails 0 /t/bin/iter_pin
	expect '^Program pinned to /sys/fs/bpf/btc_tasks$'
	refuse_stderr 'ERROR|WARNING'
done
cat /sys/fs/bpf/btc_tasks >/tmp/stdout
expect '^1 init$|^1 sh$'
expect '^2 kthreadd$'
rm /sys/fs/bpf/btc_tasks

run_fails 0 /t/bin/iter_pin_file
expect '^Program pinned to /sys/fs/bpf/btc_files$'
exec 9</t/run.sh
cat /sys/fs/bpf/btc_files >/tmp/stdout
exec 9<&-
expect "^[0-9]+ 9 /t/run.sh\$"
rm /sys/fs/bpf/btc_files

run_fails 255 /t/bin/iter_pin_path
expect_stderr 'ERROR: iter:task_vma:/sys/fs/bpf/btc/maps: cannot pin it to /sys/fs/bpf/btc/maps: No such file'
mkdir /sys/fs/bpf/btc
run_fails 0 /t/bin/iter_pin_path
expect '^Program pinned to /sys/fs/bpf/btc/maps$'
cat /sys/fs/bpf/btc/maps >/tmp/stdout
expect '^1 [0-9a-f]+$'
rm -r /sys/fs/bpf/btc
