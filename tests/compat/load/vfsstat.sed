# must match: vfs_write\]: N
# then: sort -u
/^@/{/vfs_write\]/!d; s/[0-9]+$/N/}
