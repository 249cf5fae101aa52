# with: of_load
# must match: one
