# Of lines that tell of one process, those of others than the load.
/^([0-9]|HH:MM:SS)/{/ load /!d}
