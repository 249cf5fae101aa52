# must match: sync
/periodic|background/d
s/[0-9]+\.[0-9]{3}$/MS/
