# Programs with bugs on purpose (kernel/platform/seeded_bugs), beside the real ones: with
# -DFLORIN_SEEDED_BUGS=ON a target made by this compiles the few sources that hold a bug anew, and its own
# objects stand before those in the libraries. Nothing of it is built unless it is asked for by name.
option(FLORIN_SEEDED_BUGS "Offer programs with bugs on purpose, for ./dev sim --bugs" OFF)

function(florin_add_program_with_bugs name main)
  if(NOT FLORIN_SEEDED_BUGS)
    return()
  endif()
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/kernel/platform/*.cpp ${CMAKE_SOURCE_DIR}/kernel/modules/*.cpp)
  set(sources)
  foreach(source ${all})
    file(STRINGS ${source} bugs REGEX "FLORIN_SEEDED_BUG" LIMIT_COUNT 1)
    if(bugs)
      list(APPEND sources ${source})
    endif()
  endforeach()
  add_executable(${name} EXCLUDE_FROM_ALL ${main} ${sources})
  florin_use_pch(${name})
  target_compile_definitions(${name} PRIVATE FLORIN_SEEDED_BUGS)
  target_link_libraries(${name} PRIVATE ${ARGN})
endfunction()
