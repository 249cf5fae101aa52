# must match: vfs_fsync_range\]: 7
# of the others the two do not see the same number
/^@/{/vfs_mkdir|vfs_rmdir|vfs_fsync/!d}
