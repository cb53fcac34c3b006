// What is looked for in a YAML file's text itself, because yaml-cpp 0.7 takes it or says it badly.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel/platform/config/config.hpp"

namespace florin::yaml_text {

// A fault for every line that a tab indents: yaml-cpp takes some for text and stumbles over others later.
void refuse_tabs(const std::string& file, const std::string& text, std::vector<ConfigFault>& faults);

// Whether the quoted text that begins here (from 1) ends: yaml-cpp ends an unclosed quote at the end of
// the file, with everything in between inside it.
bool closes(const std::string& text, int line, int column);

// What people mostly did when yaml-cpp says this: a text in brackets, or "".
std::string_view advice(std::string_view message);

}  // namespace florin::yaml_text
