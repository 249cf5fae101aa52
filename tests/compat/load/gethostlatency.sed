# must match: localhost
/^HH/s/ +[0-9]+ ([a-z0-9.]+)$/ LAT \1/
