# must match: @\[load
# then: sort -u
s/: [0-9]+$/: N/
