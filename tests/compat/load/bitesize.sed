# must match: ^\[64K, 128K\) +(5|10) \|@
