# Compiler, linker and cache: the flags that every Florin target shares. They are the same everywhere,
# so that one precompiled header serves all (a flag of one target's own would make GCC refuse it).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_COMPILE_OPTIONS_PIE -fPIC)  # Programs too: with -fPIE they could not use the precompiled header.
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

# An installed tree finds libflorin-sdk beside itself, wherever it is put.
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib;$ORIGIN/../../lib")

set(FLORIN_SANITIZE "" CACHE STRING "sanitizers to build with, as GCC names them (address,undefined or thread)")
option(FLORIN_FUZZ "build the libFuzzer targets (needs clang)" OFF)
# Time-outs of tests are multiplied by it, as are bounds in tests: tests/support/{slowdown.hpp,sanitizers.mjs}.
set(FLORIN_SLOWDOWN 1)
if(NOT FLORIN_SANITIZE STREQUAL "" AND NOT FLORIN_SANITIZE STREQUAL "OFF")
  add_compile_options(-fsanitize=${FLORIN_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${FLORIN_SANITIZE})
  add_compile_definitions(FLORIN_SANITIZED=1)
  set(FLORIN_SLOWDOWN 8)
endif()
math(EXPR FLORIN_TEST_TIMEOUT "300 * ${FLORIN_SLOWDOWN}")
if(FLORIN_FUZZ)
  # What undefined behaviour does afterwards is not worth looking at; GCC's builds are told so when they run.
  add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined)
endif()

# -Wmaybe-uninitialized is a false alarm on `co_return` of variants in GCC 12.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror=return-type
                    -Wno-maybe-uninitialized -Wno-missing-field-initializers
                    -fstack-protector-strong -pthread)
add_compile_definitions(_GLIBCXX_ASSERTIONS SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(FLORIN_DEBUG=1)  # Not NDEBUG: assert() stays on in every build.
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()

find_program(FLORIN_CCACHE ccache)
if(FLORIN_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${FLORIN_CCACHE})
endif()
find_program(FLORIN_MOLD mold)
if(FLORIN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,-z,relro,-z,now)
