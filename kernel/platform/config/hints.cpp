// Hints for kinds of words where edit distance alone would mislead.
#include "kernel/platform/config/hints.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "kernel/platform/config/near.hpp"
#include "kernel/platform/config/rules.hpp"

namespace florin::hint {

std::string for_flag(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word == "yes" || word == "on" || word == "y" || word == "1") return "; did you mean \"true\"?";
  if (word == "no" || word == "off" || word == "n" || word == "0") return "; did you mean \"false\"?";
  return did_you_mean(word, {"true", "false"});
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Of so few letters nearly all are near to others, so only what people really confuse is proposed.
std::string for_country(std::string word) {
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (word == "UK") word = "GB";
  if (word == "EL") word = "GR";
  return has(rules::countries(), word) ? fmt::format("; did you mean \"{}\"?", word) : "";
}

std::string for_currency(std::string word) {
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (word == "YEN") word = "JPY";
  if (word == "UKP" || word == "STG") word = "GBP";
  const std::string code = word.substr(0, 3);  // "EURO"
  return has(rules::currencies(), code) ? fmt::format("; did you mean \"{}\"?", code) : "";
}

}  // namespace florin::hint
