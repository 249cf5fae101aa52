# must match: load averages: N
# then: uniq
s/[0-9]+\.[0-9]{3}/N/g
