// What was probably meant by a value that is none: `; did you mean "GB"?`, or "".
#pragma once

#include <string>
#include <vector>

namespace florin::hint {

std::string for_flag(std::string word);
std::string for_country(std::string word);
std::string for_currency(std::string word);

bool has(const std::vector<std::string>& words, const std::string& word);

}  // namespace florin::hint
