# with: of_load
# must match: CAP_MKNOD
