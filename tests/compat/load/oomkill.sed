# must match: OOM kill of PID
s/loadavg: .*/loadavg/
