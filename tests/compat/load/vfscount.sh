work()
{
	for i in 1 2 3; do
		mkdir dir
		rmdir dir
	done
	mkdir other
	: >file
	load fsyncs file 7
}
