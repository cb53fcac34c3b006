// Checks of the text before and after yaml-cpp has read it.
#include "kernel/platform/config/yaml_text.hpp"

#include <algorithm>

namespace florin::yaml_text {

void refuse_tabs(const std::string& file, const std::string& text, std::vector<ConfigFault>& faults) {
  int line = 0;
  for (std::size_t start = 0; start < text.size();) {
    ++line;
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::size_t first = std::min(text.find_first_not_of(" \t\r", start), end);
    const std::size_t tab = text.find('\t', start);
    if (first < end && text[first] != '#' && tab < first)
      faults.push_back(
          {file, line, static_cast<int>(tab - start) + 1, "a tab indents this line; use spaces"});
    start = end + 1;
  }
}

bool closes(const std::string& text, int line, int column) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) at = text.find('\n', at) + 1;
  at += static_cast<std::size_t>(column) - 1;
  if (at >= text.size() || (text[at] != '\'' && text[at] != '"')) return true;  // A block.
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\')
      ++at;
    else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != '\'') return true;
      ++at;
    }
  }
  return false;
}

std::string_view advice(std::string_view message) {
  if (message == "illegal map value")
    return " (a text that holds \": \" needs quotes; keys that belong together stand in one column)";
  if (message == "end of map flow not found") return " (a \"{\" is not closed)";
  if (message == "end of sequence flow not found") return " (a \"[\" is not closed)";
  if (message == "unknown token") return " (a text that begins with @, ` or % needs quotes)";
  return "";
}

}  // namespace florin::yaml_text
