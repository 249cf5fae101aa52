work()
{
	: >there
	load opens there gone /etc/passwd
}
