# florin_add_plugin(): a plugin's folder becomes <output>/<kind>/<name>.so and, when it has a
# sandbox.cpp, <output>/sandboxes/<name>.so. Used in the tree and, installed, by third parties; so it
# needs nothing but the SDK target florin-sdk (in the tree) or florin::sdk (installed).
#
#   florin_add_plugin(acme KIND providers FOLDER ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT ${CMAKE_BINARY_DIR}/plugins)
set(FLORIN_PLUGIN_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

function(florin_plugin_library target output_dir name)
  add_library(${target} MODULE ${ARGN})
  if(TARGET florin-sdk)
    target_link_libraries(${target} PRIVATE florin-sdk)
  else()
    target_link_libraries(${target} PRIVATE florin::sdk)
  endif()
  # Nothing but the one entry symbol leaves the file, nothing is left unresolved or bound late.
  target_link_options(${target} PRIVATE -Wl,-z,defs -Wl,-z,now
                      -Wl,--version-script=${FLORIN_PLUGIN_CMAKE_DIR}/plugin.map)
  set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
                        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON CXX_STANDARD 20
                        LIBRARY_OUTPUT_DIRECTORY ${output_dir})
endfunction()

function(florin_add_plugin name)
  cmake_parse_arguments(PLUGIN "" "KIND;FOLDER;OUTPUT" "" ${ARGN})
  # The settings schema travels inside the plugin: a header made from schema.json.
  set(generated ${CMAKE_BINARY_DIR}/generated/${PLUGIN_KIND}/${name})
  file(READ ${PLUGIN_FOLDER}/schema.json schema)
  file(CONFIGURE OUTPUT ${generated}/settings_schema.hpp CONTENT
"// Made from schema.json by florin_add_plugin(); the settings that the merchant's YAML may give.
#pragma once
#include <string_view>
inline constexpr std::string_view kSettingsSchema = R\"florin(@schema@)florin\";
" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PLUGIN_FOLDER}/schema.json)

  file(GLOB sources CONFIGURE_DEPENDS ${PLUGIN_FOLDER}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz|main)\\.cpp$")
  set(sandbox ${sources})
  list(FILTER sources EXCLUDE REGEX "/sandbox[^/]*\\.cpp$")
  list(FILTER sandbox INCLUDE REGEX "/sandbox[^/]*\\.cpp$")

  florin_plugin_library(${PLUGIN_KIND}_${name} ${PLUGIN_OUTPUT}/${PLUGIN_KIND} ${name} ${sources})
  target_include_directories(${PLUGIN_KIND}_${name} PRIVATE ${generated} ${PLUGIN_FOLDER} ${CMAKE_SOURCE_DIR})
  if(COMMAND florin_use_pch)
    florin_use_pch(${PLUGIN_KIND}_${name})
  endif()
  if(sandbox)
    florin_plugin_library(sandbox_${name} ${PLUGIN_OUTPUT}/sandboxes ${name} ${sandbox})
    target_include_directories(sandbox_${name} PRIVATE ${generated} ${PLUGIN_FOLDER} ${CMAKE_SOURCE_DIR})
    if(COMMAND florin_use_pch)
      florin_use_pch(sandbox_${name})
    endif()
  endif()
endfunction()
