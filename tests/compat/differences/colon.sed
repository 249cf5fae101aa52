# bpftrace prints a space behind the colon before a histogram
s/^(@.*:) $/\1/
