# bpftrace prints a counter that END has cleared, as 0
# of: pidpersec
/^@: [0-9]+$/d
