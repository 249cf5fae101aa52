kill -USR1 $PPID
sleep 0.2
kill -USR1 $PPID
sleep 5
