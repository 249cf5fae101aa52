start comm_key
for i in 1 2 3 4 5; do
	kcalls file
done
stop
expect_count 1 '^@calls\[kcalls\]: '
expect_count 1 '^@calls\[usleep\]: '
expect '^@ids\[76, kcalls\]: 10$'
