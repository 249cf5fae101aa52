# with: of_load
# must match: [RM] there
s/^[0-9]+ +/T /
# a lookup that was under way
/^@fname/d
