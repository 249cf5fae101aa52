# must match: BUCKET
# with: histogram
