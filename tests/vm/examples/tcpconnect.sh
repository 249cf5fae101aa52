# A connection over each address family, one that is refused, one that has no route.
cp /bin/busybox busybox-load
listen()
{
	nc -l -p "$1" </dev/null >/dev/null &
	usleep 300000
}

start tcpconnect
listen 7001
./busybox-load nc 127.0.0.1 7001 </dev/null
listen 7002
./busybox-load nc ::1 7002 </dev/null
./busybox-load nc 127.0.0.1 7003 </dev/null 2>/dev/null
./busybox-load nc 192.0.2.1 7004 </dev/null 2>/dev/null
stop
expect '^TIME +PID +COMM +ERR +SOURCE +SPORT +DESTINATION +DPORT$'
line='^[0-9:]{8} [0-9]+ +busybox-load +'
expect_count 1 "$line"'0 127\.0\.0\.1 +[0-9]+ +127\.0\.0\.1 +7001$'
expect_count 1 "$line"'0 ::1 +[0-9]+ +::1 +7002$'
expect_count 1 ' 127\.0\.0\.1 +7003$'
expect_count 1 "$line"'101 0\.0\.0\.0 +0 +192\.0\.2\.1 +7004$'
refuse '^@'
refuse_stderr 'lost|ERROR|WARNING'

start tcpconnect --port=7006
listen 7005
./busybox-load nc 127.0.0.1 7005 </dev/null
listen 7006
./busybox-load nc 127.0.0.1 7006 </dev/null
stop
refuse ' 7005$'
expect_count 1 ' 7006$'
refuse_stderr 'lost|ERROR|WARNING'
