# with: of_load
# must match: 2 gone
