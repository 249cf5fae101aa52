# needs: /lib/x86_64-linux-gnu/libpthread.so.0
