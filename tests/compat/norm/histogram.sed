# Buckets of times: how many there are, and how full, is never the same twice.
$!N
s/(^|\n)[[(][^|]* [0-9]+ \|[@ ]{52}\|/\1BUCKET/g
/^BUCKET\nBUCKET$/!P
D
