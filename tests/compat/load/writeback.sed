# must match: sync
s/[0-9]+\.[0-9]{3}$/MS/
