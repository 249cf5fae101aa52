address() { sed -n "s/^\([0-9a-f]*\) [TDdB] $1\$/0x\1/p" /proc/kallsyms | head -n 1; }

start watch_kernel "$(address __x64_sys_getpriority)" "$(address jiffies)"
target
settle
stop
expect '^@calls\[target, __x64_sys_getpriority\]: 1$'
expect '^@kernel: 0$'
expect '^@writes: [1-9][0-9]*$'
refuse_stderr 'ERROR|WARNING|[Ll]ost'
