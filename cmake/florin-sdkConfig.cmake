# Found by find_package(florin-sdk): the target florin::sdk, and florin_add_plugin() to build a plugin with.
include(CMakeFindDependencyMacro)
find_dependency(nlohmann_json 3.11)
include(${CMAKE_CURRENT_LIST_DIR}/florin-sdkTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/FlorinPlugin.cmake)
