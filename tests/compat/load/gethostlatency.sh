# needs: getent
before()
{
	echo 127.0.0.1 localhost >/etc/hosts
}
work()
{
	getent ahostsv4 localhost
	getent ahostsv4 127.0.0.2
}
