# What varies in the output of any script, and what harnesses ask for.
/^__BPFTRACE_NOTIFY_PROBES_ATTACHED$/d
s/[0-9]{2}:[0-9]{2}:[0-9]{2}/HH:MM:SS/
# bpftrace says so before it has done it; btc when it is done, and on stderr.
/^Attaching [0-9]+ probes?\.\.\.$/d
# bpftrace prints an empty line for each map without elements, so their number does not count.
/./,/^$/!d
