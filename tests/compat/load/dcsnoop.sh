work()
{
	: >there
	load opens there there gone
}
