# Five programs with arguments and one that does not exist; children of this shell only.
cp /bin/busybox busybox-load
read -r self rest </proc/self/stat

start execsnoop --parent="$self" --failed
for i in 1 2 3 4 5; do
	./busybox-load true "one two" three
done
(exec ./no-such-program four) 2>/dev/null
sh -c './busybox-load true grandchild; true'
stop
expect '^TIME +PID +PPID +UID +ARGS$'
expect_count 5 "^[0-9:]{8} [0-9]+ +$self +0 +\./busybox-load true one two three\$"
expect_count 1 " $self +0 +\./no-such-program four\$"
expect_count 1 " $self +0 +failed, error 2\$"
refuse 'busybox-load true grandchild$'
refuse_stderr 'lost|ERROR|WARNING'
