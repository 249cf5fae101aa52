work()
{
	: >file
	for i in 1 2 3; do
		load fsyncs file 7
		usleep 900000
	done
}
