# The libraries of DEPENDENCIES, all from Debian 12 packages, under one target each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Poco REQUIRED COMPONENTS Foundation Net NetSSL Crypto Util)
# POCO's target also sets macros of the C library (_FILE_OFFSET_BITS, _XOPEN_SOURCE) that g++ and 64 bits
# have anyway; they would make GCC refuse the precompiled header wherever POCO is used.
get_target_property(poco_definitions Poco::Foundation INTERFACE_COMPILE_DEFINITIONS)
list(FILTER poco_definitions INCLUDE REGEX "POCO")
set_target_properties(Poco::Foundation PROPERTIES INTERFACE_COMPILE_DEFINITIONS "${poco_definitions}")
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(wslay REQUIRED)
pkg_check_modules(lua REQUIRED IMPORTED_TARGET lua5.4-c++)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
# Debian's SOCI has no CMake configuration of its own.
find_path(SOCI_INCLUDE soci/soci.h REQUIRED)
find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRES soci_postgresql REQUIRED)
add_library(florin_soci INTERFACE)
# As system headers: SOCI's own carry warnings that are not ours to mend.
target_include_directories(florin_soci SYSTEM INTERFACE ${SOCI_INCLUDE} ${SOCI_INCLUDE}/soci)
target_link_libraries(florin_soci INTERFACE ${SOCI_SQLITE} ${SOCI_POSTGRES} ${SOCI_CORE}
                      SQLite::SQLite3 PostgreSQL::PostgreSQL)
