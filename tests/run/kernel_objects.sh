exec cat /etc/passwd >/dev/null
