# must match: @cpu
s/ [0-9]+ \|/ N |/
