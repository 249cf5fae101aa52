int f(void) { return nobody; }
