# needs: bash
work()
{
	printf 'echo one\n: two\n' | bash --norc -i
}
