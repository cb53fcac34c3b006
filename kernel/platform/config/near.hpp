// "did you mean": the word that was most likely meant, by edit distance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace florin {

// The nearest of `known` by Damerau-Levenshtein distance, case ignored; "" when none is near enough (a
// third of the word's letters, at least one). Of equals the first.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// `; did you mean "provider"?`, or "" when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

// "a, b or c"; "nothing" for none.
std::string one_of_these(const std::vector<std::string>& words);
// "a, b, c"; at most 32 of them, then "..."; "none" for none.
std::string listed(const std::vector<std::string>& words);

}  // namespace florin
