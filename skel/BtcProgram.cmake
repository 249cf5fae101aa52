# Tools made by btc, in another project's build:
#
#   include(/usr/local/lib/btc/cmake/BtcProgram.cmake)
#   btc_add_program(opens opens.bt)
#   btc_add_program(flows flows.bt OPTIONS --target ${CMAKE_SOURCE_DIR}/target-6.1 -I include)
#   install(PROGRAMS $<TARGET_PROPERTY:opens,BTC_PROGRAM> DESTINATION sbin)
#
# The tool is made with `all`, and again when its script changes; name files that the script includes
# with DEPENDS. BTC_EXECUTABLE says which btc is used; by default it is the one beside this file.

find_program(BTC_EXECUTABLE btc HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin")

function(btc_add_program name script)
	cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "OPTIONS;DEPENDS")
	if(arg_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "btc_add_program(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
	endif()
	if(NOT BTC_EXECUTABLE)
		message(FATAL_ERROR "btc_add_program(${name}): no btc; set BTC_EXECUTABLE")
	endif()
	cmake_path(ABSOLUTE_PATH script BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
	set(program "${CMAKE_CURRENT_BINARY_DIR}/${name}")
	add_custom_command(OUTPUT "${program}"
		COMMAND "${BTC_EXECUTABLE}" ${arg_OPTIONS} -o "${program}" "${script}"
		DEPENDS "${script}" "${BTC_EXECUTABLE}" ${arg_DEPENDS}
		WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
		COMMENT "Compiling ${name}"
		VERBATIM)
	add_custom_target(${name} ALL DEPENDS "${program}")
	set_target_properties(${name} PROPERTIES BTC_PROGRAM "${program}")
endfunction()
