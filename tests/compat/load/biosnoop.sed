# must match: ^T .* load
/ load /!{/^[0-9]/d}
s/^[0-9]+ +/T /
s/ +[0-9]+$/ LAT/
