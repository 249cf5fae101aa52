work()
{
	busybox echo one "two three"
	env busybox true marker
}
