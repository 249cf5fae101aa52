# Tools made by btc, in another project's build:
#
#   find_package(btc REQUIRED)
#   btc_add_program(opens opens.bt)
#   btc_add_program(flows flows.bt OPTIONS --target ${CMAKE_SOURCE_DIR}/target-6.1 -I include)
#   install(PROGRAMS $<TARGET_PROPERTY:opens,BTC_PROGRAM> DESTINATION sbin)
#
# find_package() finds an installation under CMAKE_PREFIX_PATH; include() of this file does as well.
# The tool is made in CMAKE_RUNTIME_OUTPUT_DIRECTORY, else in btc/ of the build directory, with
# `all`, and again when its script, what that imports or includes, or btc changes; name what else it is
# made from with DEPENDS. BTC_EXECUTABLE says which btc is used; by default it is the one beside this file.
cmake_minimum_required(VERSION 3.21)

find_program(BTC_EXECUTABLE btc HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" NO_CMAKE_PATH)

function(btc_add_program name script)
	cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "OPTIONS;DEPENDS")
	if(arg_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "btc_add_program(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
	endif()
	if(NOT BTC_EXECUTABLE)
		message(FATAL_ERROR "btc_add_program(${name}): no btc; set BTC_EXECUTABLE")
	endif()
	cmake_path(ABSOLUTE_PATH script BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
	# Not where the target of that name is: ninja takes the two for one.
	if(CMAKE_RUNTIME_OUTPUT_DIRECTORY)
		set(dir "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
	else()
		set(dir "${CMAKE_CURRENT_BINARY_DIR}/btc")
	endif()
	set(program "${dir}/${name}")
	file(MAKE_DIRECTORY "${dir}")
	add_custom_command(OUTPUT "${program}"
		COMMAND "${BTC_EXECUTABLE}" ${arg_OPTIONS} -M "${program}.d" -o "${program}" "${script}"
		DEPENDS "${script}" "${BTC_EXECUTABLE}" ${arg_DEPENDS}
		DEPFILE "${program}.d"
		WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
		COMMENT "Compiling ${name}"
		VERBATIM)
	add_custom_target(${name} ALL DEPENDS "${program}")
	set_target_properties(${name} PROPERTIES BTC_PROGRAM "${program}")
endfunction()
