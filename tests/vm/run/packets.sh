# The payload of busybox's ping begins with a time; the rest is zeros.
ifconfig lo up
# bytes FILE SKIP N: as hex
bytes()
{
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

is()
{
	[ "$1" = "$2" ] || wrong "$3: $1, not $2"
}

start packets
ping -c 1 -s 56 127.0.0.1 >/dev/null
stop
# A request and its answer.
expect_count 2 '^received 0$'
expect_count 2 '^too long 0$'
expect_count 2 '^sent 0$'
for f in received sent; do
	is "$(bytes /tmp/$f.pcap 0 8)$(bytes /tmp/$f.pcap 20 4)" 4d3cb2a10200040065000000 "$f: header"
done
# 28 of 84 bytes that begin with the IP header, from 127.0.0.1 to itself: ICMP, echo
is "$(bytes /tmp/sent.pcap 32 12)" 1c0000005400000045000054 "sent: packet"
is "$(bytes /tmp/sent.pcap 49 13)" 01$(bytes /tmp/sent.pcap 50 2)7f0000017f0000010800 "sent: addresses"
is "$(($(date +%s) - 0x$(od -An -tx4 -j 24 -N 4 /tmp/sent.pcap | tr -d ' ') < 60))" 1 "sent: time"
# of icmp_rcv the ICMP part: all 64 bytes; from byte 8 on 56
is "$(bytes /tmp/received.pcap 32 9)" 400000004000000008 "received: packet"
is "$(bytes /tmp/received.pcap $((24 + 16 + 64 + 8)) 8)" 3800000038000000 "received: from byte 8"
is "$(wc -c </tmp/received.pcap)" $((24 + 2 * (16 + 64 + 16 + 56))) "received: size"
refuse_stderr 'ERROR|WARNING|[Ll]ost'
