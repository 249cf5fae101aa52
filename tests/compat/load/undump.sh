work()
{
	load local one "$(printf 'two\tthree\001')"
}
