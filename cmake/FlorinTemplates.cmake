# Builds kernel/app/plugin_new/templates/<kind>/<file>.in into one generated source that defines
# florin::plugin_templates(). `out` is set to that source's path.
function(florin_embed_templates out)
  set(root ${CMAKE_SOURCE_DIR}/kernel/app/plugin_new/templates)
  file(GLOB files CONFIGURE_DEPENDS ${root}/*/*.in)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(source ${CMAKE_BINARY_DIR}/generated/plugin_templates.cpp)
  file(WRITE ${source}.new "// Made by cmake/FlorinTemplates.cmake from the plugin templates.
#include \"kernel/app/plugin_new/plugin_new.hpp\"

namespace florin {
const std::vector<PluginTemplate>& plugin_templates() {
  static const std::vector<PluginTemplate> all{\n")
  foreach(file ${files})
    file(RELATIVE_PATH path ${root} ${file})
    string(REGEX MATCH "^([^/]+)/(.*)\\.in$" unused ${path})
    set(kind ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    file(READ ${file} text)
    file(APPEND ${source}.new "      {\"${kind}\", \"${name}\", R\"template(")
    file(APPEND ${source}.new "${text}")
    file(APPEND ${source}.new ")template\"},\n")
  endforeach()
  file(APPEND ${source}.new "  };\n  return all;\n}\n}  // namespace florin\n")
  # Only when it changed, or every configure would build it again.
  file(COPY_FILE ${source}.new ${source} ONLY_IF_DIFFERENT)
  set(${out} ${source} PARENT_SCOPE)
endfunction()
