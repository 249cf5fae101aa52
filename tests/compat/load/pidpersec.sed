# must match: PIDs/sec: @: N
# then: uniq
/PIDs/s/[0-9]+$/N/
