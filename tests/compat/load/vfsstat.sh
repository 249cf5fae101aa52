work()
{
	: >file
	for i in 1 2 3; do
		echo text >file
		load fsyncs file 1
		usleep 900000
	done
}
