# Files in which GCC 12 warns of what cannot happen: where it inlines how a std::string is joined or assigned it takes the
# short form's 16 bytes for the target of a write that only the heap's form gets (offsets past 32 bytes of the
# object, lengths beyond 2^63, overlaps). Which files meet that depends on its inlining alone. Quiet in these and no
# others, so that the same words elsewhere are seen; run a new one under the address sanitizer (`./dev asan`)
# before it is added.
#   florin_false_alarms(<directory whose CMakeLists.txt builds them> <file>...)
function(florin_false_alarms directory)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    return()
  endif()
  list(TRANSFORM ARGN PREPEND ${CMAKE_SOURCE_DIR}/)
  set_property(SOURCE ${ARGN} DIRECTORY ${directory} APPEND PROPERTY COMPILE_OPTIONS
               -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
endfunction()

florin_false_alarms(${CMAKE_SOURCE_DIR} plugins/providers/paypal/wire_order.cpp)
florin_false_alarms(${CMAKE_SOURCE_DIR}/kernel
  kernel/app/sandbox_host/sandbox_host.cpp
  kernel/platform/http_client/pool_test.cpp)
