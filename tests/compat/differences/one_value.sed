# of a linear histogram bpftrace prints a bucket of one number as a range
# of: cpuwalk runqlen
s/^\[([0-9]+), [0-9]+\)( +)/[\1]\2   /
