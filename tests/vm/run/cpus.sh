start cpus
finish
possible=$(sed 's/.*-//' /sys/devices/system/cpu/possible)
expect "^ncpus $((possible + 1))\$"
expect_count $(grep -c '^processor' /proc/cpuinfo) '^@cpu\[[0-9]+\]: [1-9]'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
