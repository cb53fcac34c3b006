// Edit distance over at most a few hundred short words, so the plain quadratic table will do.
#include "kernel/platform/config/near.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace florin {
namespace {

constexpr std::size_t kLengthMost = 64;  // Of longer words only this much is compared.

std::string folded(std::string_view word) {
  std::string lower(word.substr(0, kLengthMost));
  for (char& c : lower) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// Insertions, deletions, replacements and swaps of neighbours ("optimal string alignment").
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t differs = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + differs});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::string meant = folded(word);
  std::size_t least = std::max<std::size_t>(1, meant.size() / 3) + 1;
  std::string best;
  for (const std::string& candidate : known) {
    const std::size_t apart = distance(meant, folded(candidate));
    // A distance of the whole word is no likeness: "on" is not near "eu".
    if (apart >= least || apart >= std::max(meant.size(), candidate.size())) continue;
    least = apart;
    best = candidate;
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string best = nearest(word, known);
  return best.empty() ? "" : fmt::format("; did you mean \"{}\"?", best);
}

std::string one_of_these(const std::vector<std::string>& words) {
  if (words.empty()) return "nothing";
  std::string text = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) text += (i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

std::string listed(const std::vector<std::string>& words) {
  constexpr std::size_t kMost = 32;
  if (words.empty()) return "none";
  std::string text = words.front();
  for (std::size_t i = 1; i < words.size() && i < kMost; ++i) text += ", " + words[i];
  return words.size() > kMost ? text + ", ..." : text;
}

}  // namespace florin
