/* Functions in C for a script; struct task_struct is the kernel's. */
typedef unsigned int u32;
struct task_struct;

int add(int a, int b)
{
	return a + b;
}

unsigned long long twice(u32 x)
{
	return 2ULL * x;
}

_Bool begins_with_a(const char *s)
{
	return s[0] == 'a';
}

int is_null(struct task_struct *t)
{
	return !t;
}

void nothing(void)
{
}
