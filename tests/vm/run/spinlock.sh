start spinlock
kcalls file
stop
expect '^@locks: [1-9][0-9]*$'
expect '^@\[kcalls\]: [1-9]$'
refuse_stderr 'ERROR'
