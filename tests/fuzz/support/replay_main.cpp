// Runs a target once over every file that is kept for it, in a build without libFuzzer: `fuzz_money FILE-OR-
// FOLDER...`. Names each file before it runs, so that the last name is the one to look at.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/support/fuzz.hpp"

namespace fs = std::filesystem;

namespace {

void run(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string input((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  std::cout << file.string() << std::endl;
  florin::fuzz_one(input);
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<fs::path> files;
  for (int i = 1; i < count; ++i) {
    const fs::path path(arguments[i]);
    if (!fs::is_directory(path)) files.push_back(path);
    else
      for (const auto& entry : fs::directory_iterator(path)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) run(file);
  std::cout << files.size() << " inputs, all as they should be" << std::endl;
  return files.empty() ? 1 : 0;
}
