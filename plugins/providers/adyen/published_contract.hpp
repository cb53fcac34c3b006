// Adyen's published contract for tests, from ../shared/contracts beside the main checkout, or FLORIN_SHARED.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace florin::adyen {

inline constexpr char kNoContract[] =
    "no ../shared/contracts here: set FLORIN_SHARED to the folder beside the repository";

// The text of contracts/adyen/<file>; "" when it is not here.
inline std::string contract(const std::string& file) {
  namespace fs = std::filesystem;
  const char* shared = std::getenv("FLORIN_SHARED");
  const fs::path beside = fs::path(FLORIN_SOURCE_DIR).parent_path() / "shared";
  const fs::path path =
      (shared != nullptr && *shared != '\0' ? fs::path(shared) : beside) / "contracts/adyen" / file;
  std::ifstream text(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(text), std::istreambuf_iterator<char>()};
}

}  // namespace florin::adyen
