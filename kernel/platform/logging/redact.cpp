// The redactor: three passes over the text, each replacing what it finds. What only looks at names of fields
// is in redact_fields.cpp.
#include "kernel/platform/logging/redact.hpp"

#include <array>
#include <vector>

#include "kernel/platform/logging/redact_fields.hpp"

namespace florin {
namespace {

constexpr std::string_view kRedacted = "[redacted]";

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_key_letter(char letter) {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         letter == '_' || letter == '-' || letter == '=' || letter == '+' || letter == '/' || letter == '.' ||
         letter == '~';
}
bool is_word_letter(char letter) {
  return is_key_letter(letter) && letter != '=' && letter != '/' && letter != '+';
}

// Whether the last of these digits is the right Luhn digit (ISO/IEC 7812-1 annex B).
bool luhn(const std::vector<std::size_t>& places, std::size_t from, std::size_t count,
          std::string_view text) {
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    int digit = text[places[from + count - 1 - i]] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

// One run of digits with at most one separator between two. A card number is whole groups of it, so that an
// id is not taken for one because of its middle; in a group longer than any card number it may be anywhere.
void redact_run(std::string_view text, const std::vector<std::size_t>& places, std::size_t end,
                std::string& out) {
  std::vector<bool> hidden(places.size());
  const auto hide_if_card = [&](std::size_t from, std::size_t to) {
    if (to - from < 13 || to - from > 19 || !luhn(places, from, to - from, text)) return;
    for (std::size_t i = from; i < to; ++i) hidden[i] = true;
  };
  std::vector<std::size_t> edges = {0};  // Where groups begin, and the end of the last.
  for (std::size_t i = 1; i < places.size(); ++i)
    if (places[i] - places[i - 1] > 1) edges.push_back(i);
  edges.push_back(places.size());
  for (std::size_t first = 0; first + 1 < edges.size(); ++first) {
    for (std::size_t last = first + 1; last < edges.size() && edges[last] - edges[first] <= 19; ++last)
      hide_if_card(edges[first], edges[last]);
    if (edges[first + 1] - edges[first] <= 19) continue;
    for (std::size_t from = edges[first]; from + 13 <= edges[first + 1]; ++from)
      for (std::size_t to = from + 13; to <= from + 19 && to <= edges[first + 1]; ++to)
        hide_if_card(from, to);
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t next = i + 1 < places.size() ? places[i + 1] : end;
    if (!hidden[i]) {
      out.append(text, places[i], next - places[i]);
    } else if (i + 1 == places.size() || !hidden[i + 1]) {
      out += kRedacted;
      out.append(text, places[i] + 1, next - places[i] - 1);
    }
  }
}

std::string redact_card_numbers(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      out += text[i++];
      continue;
    }
    places.clear();
    for (;;) {
      while (i < text.size() && is_digit(text[i])) places.push_back(i++);
      const bool separated = i + 1 < text.size() && (text[i] == ' ' || text[i] == '-' || text[i] == '+');
      if (!separated || !is_digit(text[i + 1])) break;
      ++i;
    }
    if (places.size() < 13)
      out.append(text, places.front(), i - places.front());
    else
      redact_run(text, places, i, out);
  }
  return out;
}

bool starts_without_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char letter = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
    if (letter != lower[i]) return false;
  }
  return true;
}

std::size_t end_of_key(std::string_view text, std::size_t from) {
  while (from < text.size() && is_key_letter(text[from])) ++from;
  return from;
}

// Where the secret part of a key that begins at `i` begins and ends; equal when none begins here.
std::pair<std::size_t, std::size_t> key_at(std::string_view text, std::size_t i) {
  constexpr std::array<std::string_view, 5> kPrefixes = {"sk_", "pk_", "rk_", "ak_", "whsec_"};
  constexpr std::string_view kBearer = "bearer ", kTail = "_secret_";
  const std::string_view here = text.substr(i);
  const bool starts_word = i == 0 || !is_word_letter(text[i - 1]);
  if (starts_word && starts_without_case(here, kBearer)) {
    const std::size_t begin = i + kBearer.size();
    return {begin, end_of_key(text, begin)};
  }
  for (const std::string_view prefix : kPrefixes) {
    if (!starts_word || !here.starts_with(prefix)) continue;
    const std::size_t end = end_of_key(text, i);
    if (end - i >= prefix.size() + 6) return {i, end};
  }
  if (here.starts_with(kTail)) return {i + kTail.size(), end_of_key(text, i + kTail.size())};
  return {i, i};
}

std::string redact_keys(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto [begin, end] = key_at(text, i);
    if (begin >= end) {
      out += text[i++];
      continue;
    }
    out.append(text, i, begin - i);
    out += kRedacted;
    i = end;
  }
  return out;
}

}  // namespace

std::string redact(std::string_view text) {
  return redact_card_numbers(redact_keys(redact_fields(text, kRedacted)));
}

}  // namespace florin
