# Each exec asks all modules for formats of programs, the latest first. -8: -ENOEXEC, it is none of its.
[ -e /modules/binfmt_misc.ko ] || skip "there is no module binfmt_misc.ko"
insmod /modules/binfmt_misc.ko || wrong "insmod failed"
start module
/bin/true
stop
expect '^kprobe:binfmt_misc:load_misc_binary load_misc_binary$'
expect '^wild kprobe:binfmt_misc:load_misc_binary load_misc_binary$'
expect '^any kprobe:binfmt_misc:load_misc_binary load_misc_binary$'
expect '^kretprobe:load_misc_binary -8$'
expect '^fentry:binfmt_misc:load_misc_binary load_misc_binary$'
expect '^wild fentry:binfmt_misc:load_misc_binary$'
expect '^found fentry:binfmt_misc:load_misc_binary$'
expect '^found fexit:binfmt_misc:load_misc_binary$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
rmmod binfmt_misc

fails 1 module
expect_stderr 'ERROR: kprobe:binfmt_misc:load_misc_b.*: kernel module binfmt_misc is not loaded$'
