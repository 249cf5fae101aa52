# must match: @process\[load\]: 1[0-9]{3}
# of the others the two do not see the same number; what is called as often has no order
/^@/{/^@process\[load\]|^@syscall\[44\]/!d}
