# What `cmake --install` puts under a prefix. Everything finds its neighbours from where it lies (../lib,
# ../plugins, ../scripts), so that a prefix can be moved. Two components:
#   runtime  bin/, lib/libflorin-sdk.so, plugins/<kind>/, scripts/, config/
#   sdk      include/florin/, lib/libflorin-sdk.so, lib/cmake/florin-sdk/: what a third party's plugin needs
set_target_properties(florin-sdk PROPERTIES EXPORT_NAME sdk)
target_include_directories(florin-sdk PUBLIC $<INSTALL_INTERFACE:include>)
target_compile_features(florin-sdk PUBLIC cxx_std_20)

set(sdk_cmake ${CMAKE_SOURCE_DIR}/cmake)
install(TARGETS florin-sdk EXPORT florin-sdk LIBRARY DESTINATION lib COMPONENT sdk)
install(EXPORT florin-sdk NAMESPACE florin:: FILE florin-sdkTargets.cmake
        DESTINATION lib/cmake/florin-sdk COMPONENT sdk)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/kernel/sdk/florin DESTINATION include COMPONENT sdk
        FILES_MATCHING PATTERN "*.hpp")
install(FILES ${sdk_cmake}/florin-sdkConfig.cmake ${sdk_cmake}/FlorinPlugin.cmake ${sdk_cmake}/plugin.map
        DESTINATION lib/cmake/florin-sdk COMPONENT sdk)

# The daemon needs the library too, with or without the SDK's headers.
install(FILES $<TARGET_FILE:florin-sdk> DESTINATION lib COMPONENT runtime)
foreach(program florin florind)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION bin COMPONENT runtime)
  endif()
endforeach()
get_property(plugins GLOBAL PROPERTY FLORIN_PLUGINS)
foreach(plugin ${plugins})
  get_target_property(built_in ${plugin} LIBRARY_OUTPUT_DIRECTORY)
  get_filename_component(kind ${built_in} NAME)
  install(TARGETS ${plugin} LIBRARY DESTINATION plugins/${kind} COMPONENT runtime)
endforeach()
foreach(folder scripts config)
  if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/${folder})
    install(DIRECTORY ${CMAKE_SOURCE_DIR}/${folder} DESTINATION . COMPONENT runtime)
  endif()
endforeach()
