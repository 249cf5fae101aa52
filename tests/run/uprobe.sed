# 6.1 cannot tell which function has returned.
/^add = 7$/{n;s/^0$/add/}
