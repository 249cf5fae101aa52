work()
{
	: >there
	load stats there gone
}
