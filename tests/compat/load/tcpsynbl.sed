# must match: ^\[0\] +[12] \|@
