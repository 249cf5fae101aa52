# All of docs/builtins.md's examples load and attach.
for tool in builtins_begin builtins_probes; do
	run_fails 0 /t/bin/$tool --dry-run word
	refuse_stderr 'ERROR|WARNING'
done
