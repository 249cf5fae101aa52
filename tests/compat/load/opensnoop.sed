# with: of_load
# must match: gone
