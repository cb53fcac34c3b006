// The repository's own files as the architecture and tidy tests read them: paths from the root, texts,
// includes by line, and code without its comments and literals.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace florin::architecture {

struct SourceFile {
  std::string path;  // From the repository's root: "kernel/app/serve.cpp"
  std::string text;

  bool under(std::string_view folder) const { return path.starts_with(folder); }
  bool is_cpp() const { return path.ends_with(".cpp") || path.ends_with(".hpp"); }
  bool is_test() const {
    return under("tests/") || std::regex_search(path, std::regex("_(test|bench|fuzz|fixture)\\.[ch]pp$")) ||
           path.find("/fixtures/") != std::string::npos;
  }
};

// Every file under `roots` with one of these extensions; what is built or downloaded is left out.
inline std::vector<SourceFile> read_tree(const std::vector<std::string>& roots,
                                         const std::set<std::string>& extensions) {
  namespace fs = std::filesystem;
  const fs::path root = FLORIN_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string& folder : roots) {
    if (!fs::exists(root / folder)) continue;
    for (auto entry = fs::recursive_directory_iterator(root / folder); entry != fs::end(entry); ++entry) {
      const std::string name = entry->path().filename();
      if (entry->is_directory() && (name == "node_modules" || name == "dist" || name == "build"))
        entry.disable_recursion_pending();
      if (!entry->is_regular_file() || !extensions.contains(entry->path().extension())) continue;
      std::ifstream in(entry->path(), std::ios::binary);
      files.push_back({fs::relative(entry->path(), root).generic_string(),
                       {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

inline int line_of(std::string_view text, std::size_t place) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n'));
}

struct Include {
  int line;
  std::string name;
  bool angled;
};
inline std::vector<Include> includes_of(const std::string& text) {
  static const std::regex pattern("(^|\\n)[ \\t]*#[ \\t]*include[ \\t]*([<\"])([^>\"\\n]+)[>\"]");
  std::vector<Include> found;
  for (auto match = std::sregex_iterator(text.begin(), text.end(), pattern); match != std::sregex_iterator(); ++match)
    found.push_back({line_of(text, static_cast<std::size_t>(match->position(2))), (*match)[3], (*match)[2] == "<"});
  return found;
}

// C++ text with comments and the insides of literals blanked: same length, same lines.
inline std::string code_of(std::string_view text, bool keep_literals = false) {
  std::string code(text);
  const auto blank = [&code](std::size_t from, std::size_t to) {
    for (std::size_t at = from; at < std::min(to, code.size()); ++at)
      if (code[at] != '\n') code[at] = ' ';
  };
  const auto end_of = [&text](std::string_view what, std::size_t from) {
    const std::size_t found = text.find(what, from);
    return found == std::string_view::npos ? text.size() : found + what.size();
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text.substr(at, 2) == "//") {
      blank(at, end = std::min(text.find('\n', at), text.size()));
    } else if (text.substr(at, 2) == "/*") {
      blank(at, end = end_of("*/", at + 2));
    } else if (text.substr(at, 2) == "R\"") {
      const std::string close = ")" + std::string(text.substr(at + 2, text.find('(', at) - at - 2)) + "\"";
      end = end_of(close, at);
      if (!keep_literals) blank(at + 2, end - 1);
    } else if (text[at] == '"') {
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      if (!keep_literals) blank(at + 1, end);
      ++end;
    } else if (text[at] == '\'' && (at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1])))) {
      while (end < text.size() && text[end] != '\'') end += text[end] == '\\' ? 2 : 1;
      if (!keep_literals) blank(at + 1, end);
      ++end;
    }
    at = end;
  }
  return code;
}

// "path:line: why" for every place where `pattern` matches.
inline std::vector<std::string> places(const SourceFile& file, const std::string& code, const std::regex& pattern,
                                       const std::string& why) {
  std::vector<std::string> found;
  for (auto match = std::sregex_iterator(code.begin(), code.end(), pattern); match != std::sregex_iterator(); ++match)
    found.push_back(file.path + ":" + std::to_string(line_of(code, static_cast<std::size_t>(match->position()))) +
                    ": " + why);
  return found;
}

inline std::string listed(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& fault : faults) text += "\n  " + fault;
  return text;
}

}  // namespace florin::architecture
