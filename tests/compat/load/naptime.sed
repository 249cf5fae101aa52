# with: of_load
# must match: 0\.050
