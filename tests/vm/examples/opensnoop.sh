start opensnoop
cat /etc/passwd >/dev/null
cat /no/such/file 2>/dev/null
stop
expect ' cat .* /etc/passwd$'
expect ' cat .* /no/such/file$'
refuse_stderr 'lost|ERROR|WARNING'
