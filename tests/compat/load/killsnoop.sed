# with: of_load
# must match: 4194303
# the signal that ends the two is on its way
/^@(tpid|tsig)/d
