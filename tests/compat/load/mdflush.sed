# with: of_load
# must match: md0
