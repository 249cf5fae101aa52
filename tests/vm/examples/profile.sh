# A shell that is busy in user mode and in the kernel.
cp /bin/busybox busybox-load
./busybox-load sh -c 'while :; do cd /; done' &
load=$!

start profile --comm=busybox-load --seconds=2
finish
expect '^Sampling stacks 99 times a second, for 2 s\. Ctrl-C ends\.$'
expect '^@stacks\[$'
expect '^, busybox-load\]: [0-9]+$'
expect '^        (0x)?[0-9a-z_]'
refuse '^@(kernel|user)'
refuse_stderr 'lost|ERROR|WARNING'

start profile --comm=busybox-load --kernel
sleep 2
stop
expect '^@kernel\[$'
expect '^        do_syscall_64\+[0-9]+$'
expect '^, busybox-load\]: [0-9]+$'
refuse '^@(stacks|user)'
refuse_stderr 'lost|ERROR|WARNING'

start profile --process=$load --user
sleep 1
stop
expect '^@user\[$'
expect '^, busybox-load\]: [0-9]+$'
kill $load

start profile --process=$$ --idle
sleep 1
stop
refuse busybox-load
