run()
{
	start umulti -v -c /t/fixtures/args "$@"
	finish
	expect '^\(uprobe:/t/fixtures/args:same_one, same_one, 10\)$'
	expect '^\(uprobe:/t/fixtures/args:same_two, same_two, 20\)$'
	expect '^\(uretprobe:/t/fixtures/args:on_stack, on_stack, 6\)$'
	refuse_stderr 'ERROR|WARNING|[Ll]ost'
}

run
case $(uname -r) in
6.1.*) refuse_stderr 'together' ;; # uprobe_multi came with 6.6
*) expect_stderr 'same_\*: /t/fixtures/args: 2 functions together' ;;
esac
run --no-feature=uprobe_multi
refuse_stderr 'together'
