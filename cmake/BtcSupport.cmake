# Flags and layout that all parts share.

set(BTC_WARNINGS -Wall -Wextra -Wshadow -Wstrict-prototypes)
if(BTC_WERROR)
	list(APPEND BTC_WARNINGS -Werror)
endif()

set(BTC_SANITIZE_FLAGS "")
if(BTC_SANITIZE)
	# -O1: gcc 12 dies of some of our snprintf() calls at -O0 with these.
	set(BTC_SANITIZE_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=undefined
		-fno-omit-frame-pointer -O1)
endif()

# What every target of ours is compiled with.
function(btc_flags target)
	target_compile_options(${target} PRIVATE ${BTC_WARNINGS} ${BTC_SANITIZE_FLAGS})
	target_link_options(${target} PRIVATE ${BTC_SANITIZE_FLAGS})
endfunction()

# btc_stage_links(NAME DIR ...): PREFIX/lib/btc/NAME is DIR of the source tree;
# a link to it in the build tree, a copy in an installation.
function(btc_stage_links)
	file(MAKE_DIRECTORY "${BTC_STAGE_LIB}")
	while(ARGV)
		list(POP_FRONT ARGV name dir)
		file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${dir}" "${BTC_STAGE_LIB}/${name}" SYMBOLIC)
		install(DIRECTORY "${CMAKE_SOURCE_DIR}/${dir}/" DESTINATION "lib/btc/${name}")
	endwhile()
endfunction()
