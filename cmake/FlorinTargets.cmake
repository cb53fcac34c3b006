# What a folder becomes. Every function finds its sources by place and name:
#   *_test.cpp  a test beside what it tests     *_bench.cpp  a benchmark     *_fuzz.cpp  a fuzzer
#   *_main.cpp  a program                       anything else  the folder's own code
# Except fixtures/ and templates/: what a test loads or a program writes, built by nobody here.

function(florin_sources out folder)
  file(GLOB_RECURSE all CONFIGURE_DEPENDS ${folder}/*.cpp)
  list(FILTER all EXCLUDE REGEX "_(test|bench|fuzz|main)\\.cpp$|/(fixtures|templates)/")
  set(${out} ${all} PARENT_SCOPE)
endfunction()

function(florin_use_pch target)
  target_precompile_headers(${target} REUSE_FROM florin_pch)
  # What fmt's own target defines is defined in the header; plugins do not link fmt.
  target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
endfunction()

# One test program a folder: CTest's names then say where to look.
function(florin_add_test name folder)
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${folder}/*_test.cpp)
  if(NOT tests)
    return()
  endif()
  add_executable(${name} ${tests})
  florin_use_pch(${name})
  target_link_libraries(${name} PRIVATE ${ARGN} rapidcheck rapidcheck_gtest GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE FLORIN_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             FLORIN_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

function(florin_add_benches folder)
  file(GLOB_RECURSE benches CONFIGURE_DEPENDS ${folder}/*_bench.cpp)
  foreach(bench ${benches})
    get_filename_component(name ${bench} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${bench})
    target_link_libraries(${name} PRIVATE ${ARGN} benchmark::benchmark)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
  endforeach()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/FlorinPlugin.cmake)

# plugins/<kind>/<name>/: the folder is the registry. `florin_plugins` builds them all: no program links
# to one, so nothing else would.
function(florin_add_plugin_folders)
  add_custom_target(florin_plugins)
  foreach(kind providers notifiers fraud)
    file(GLOB folders CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/plugins/${kind}/*)
    foreach(folder ${folders})
      if(IS_DIRECTORY ${folder} AND EXISTS ${folder}/schema.json)
        get_filename_component(name ${folder} NAME)
        florin_add_plugin(${name} KIND ${kind} FOLDER ${folder} OUTPUT ${CMAKE_BINARY_DIR}/plugins)
        add_dependencies(florin_plugins ${kind}_${name})
        if(TARGET sandbox_${name})
          add_dependencies(florin_plugins sandbox_${name})
        endif()
        # The test program compiles the plugin's own sources: it can call what the .so hides.
        file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
        list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz|main)\\.cpp$")
        list(FILTER sources EXCLUDE REGEX "/sandbox[^/]*\\.cpp$")
        florin_add_test(plugin_${name}_test ${folder} florin_test_support)
        if(TARGET plugin_${name}_test)
          target_sources(plugin_${name}_test PRIVATE ${sources})
          target_include_directories(plugin_${name}_test PRIVATE ${CMAKE_BINARY_DIR}/generated/${kind}/${name} ${CMAKE_SOURCE_DIR})
          add_dependencies(plugin_${name}_test ${kind}_${name})
          if(TARGET sandbox_${name})
            add_dependencies(plugin_${name}_test sandbox_${name})
          endif()
        endif()
      endif()
    endforeach()
  endforeach()
endfunction()

# tests/<area>/: what crosses modules. tests/support is code that tests share.
function(florin_add_cross_tests)
  file(GLOB areas CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*)
  foreach(area ${areas})
    get_filename_component(name ${area} NAME)
    if(IS_DIRECTORY ${area} AND NOT name STREQUAL "support")
      if(EXISTS ${area}/CMakeLists.txt)
        add_subdirectory(${area})
      else()
        florin_add_test(${name}_test ${area} florin_test_support florin_app)
        if(TARGET ${name}_test)
          add_dependencies(${name}_test florin_plugins)
        endif()
      endif()
    endif()
  endforeach()
endfunction()
