# with: histogram
# must match: BUCKET
