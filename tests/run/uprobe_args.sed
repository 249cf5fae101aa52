s/0x7ff[0-9a-f]+/STACK/
