# with: of_load
# must match: sys_enter_msync
