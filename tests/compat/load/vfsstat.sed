# must match: vfs_fsync
# then: sort -u
/^@/{/vfs_fsync|vfs_write\]/!d; s/[0-9]+$/N/}
