# find_package(btc) in another project's build: btc_add_program().
include("${CMAKE_CURRENT_LIST_DIR}/BtcProgram.cmake")
