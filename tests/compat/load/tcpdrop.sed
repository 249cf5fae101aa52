# must match: 127\.0\.0\.1:4009
