// A stable merge sort that stays inside its arrays whatever the comparison answers: a policy's comparator
// may contradict itself, and std::sort would then read past the end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace florin::lua {

// The indices 0 … count-1 in order; `before(a, b)` compares two of them and may throw.
template <class Before>
std::vector<std::uint32_t> sorted_order(std::size_t count, Before&& before) {
  std::vector<std::uint32_t> order(count), merged(count);
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t width = 1; width < count; width *= 2) {
    for (std::size_t from = 0; from < count; from += 2 * width) {
      const auto begin = order.begin() + static_cast<std::ptrdiff_t>(from);
      const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(from + width, count));
      const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(from + 2 * width, count));
      std::merge(begin, middle, middle, end, merged.begin() + static_cast<std::ptrdiff_t>(from), before);
    }
    order.swap(merged);
  }
  return order;
}

}  // namespace florin::lua
