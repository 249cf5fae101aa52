# cmake -DOUT=FILE.c -P EmbedTexts.cmake TEXT...: the texts as a table of C (btc/stdlib_texts.h).

math(EXPR last "${CMAKE_ARGC} - 1")
set(arrays "")
set(rows "")
set(nr 0)
set(seen FALSE)
foreach(i RANGE ${last})
	if(NOT seen)
		# Up to "-P SCRIPT" the arguments are cmake's own.
		if("${CMAKE_ARGV${i}}" MATCHES "EmbedTexts\\.cmake$")
			set(seen TRUE)
		endif()
		continue()
	endif()
	cmake_path(GET CMAKE_ARGV${i} FILENAME name)
	file(READ "${CMAKE_ARGV${i}}" hex HEX)
	string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
	string(APPEND arrays "static const char text_${nr}[] = {\n${bytes}0 };\n")
	string(APPEND rows "\t{ \"${name}\", text_${nr}, sizeof(text_${nr}) - 1 },\n")
	math(EXPR nr "${nr} + 1")
endforeach()
file(WRITE "${OUT}" "#include \"stdlib_texts.h\"\n\n${arrays}
const struct stdlib_text stdlib_texts[] = {\n${rows}};
const size_t nr_stdlib_texts = ${nr};\n")
