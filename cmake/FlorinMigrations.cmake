# Builds the SQL of kernel/{platform,modules}/<module>/migrations/NNNN_name[.sqlite|.postgresql].sql into
# one generated source that defines florin::built_in_migrations(). `out` is set to that source's path.
function(florin_embed_migrations out)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/kernel/platform/*/migrations/*.sql
       ${CMAKE_SOURCE_DIR}/kernel/modules/*/migrations/*.sql)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(entries "")
  foreach(file ${files})
    get_filename_component(base ${file} NAME)
    if(NOT base MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)(\\.(sqlite|postgresql))?\\.sql$")
      message(FATAL_ERROR "${file}: a migration is called NNNN_name.sql, NNNN_name.sqlite.sql or NNNN_name.postgresql.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    set(engine "${CMAKE_MATCH_4}")
    # The same number twice is a mistake, unless it is one migration's two dialects.
    if(engine)
      set(slots ${engine})
    else()
      set(slots sqlite postgresql)
    endif()
    foreach(slot ${slots})
      if(DEFINED taken_${slot}_${number})
        message(FATAL_ERROR "migration ${number} is given twice: ${taken_${slot}_${number}} and ${file}")
      endif()
      set(taken_${slot}_${number} ${file})
    endforeach()
    get_filename_component(folder ${file} DIRECTORY)
    get_filename_component(folder ${folder} DIRECTORY)
    get_filename_component(module ${folder} NAME)
    file(READ ${file} sql)
    string(REGEX REPLACE "^0+" "" plain ${number})
    string(APPEND entries "    {${plain}, \"${module}\", \"${name}\", \"${engine}\", R\"florin(${sql})florin\"},\n")
  endforeach()
  set(source ${CMAKE_BINARY_DIR}/generated/migrations.cpp)
  file(WRITE ${source}.new "// Made by cmake/FlorinMigrations.cmake from the migrations' SQL files.
#include \"kernel/platform/store/embedded_migrations.hpp\"

namespace florin::store {

std::vector<EmbeddedMigration> embedded_migrations() {
  return {
${entries}  };
}

}  // namespace florin::store
")
  file(COPY_FILE ${source}.new ${source} ONLY_IF_DIFFERENT)
  set(${out} ${source} PARENT_SCOPE)
endfunction()
