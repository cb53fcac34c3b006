// Finds name and value in whatever notation a log line or a body has, without parsing it as any: a body may
// be JSON inside JSON, cut in the middle, or no JSON at all.
#include "kernel/platform/logging/redact_fields.hpp"

#include <algorithm>
#include <array>

#include "kernel/platform/logging/redact.hpp"

namespace florin {
namespace {

bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

// Backslashes and one quote: \" inside a JSON text that stands in another. Its length, 0 when there is none.
// JSON inside JSON inside JSON inside JSON is deep enough; more backslashes are only there to cost time.
std::size_t quote_at(std::string_view text, std::size_t i) {
  std::size_t end = i;
  while (end < text.size() && end - i < 8 && text[end] == '\\') ++end;
  if (end >= text.size() || (text[end] != '"' && text[end] != '\'')) return 0;
  return end + 1 - i;
}

// Past the name at `i`: closing bracket and quote, then the sign that says a value follows. The value's
// place, or npos.
std::size_t value_after(std::string_view text, std::size_t i) {
  const auto skip_blanks = [&] {
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r')) ++i;
  };
  if (text.substr(i).starts_with("%5D") || text.substr(i).starts_with("%5d"))
    i += 3;
  else if (i < text.size() && text[i] == ']')
    ++i;
  i += quote_at(text, i);
  skip_blanks();
  if (i >= text.size() || (text[i] != ':' && text[i] != '=')) return std::string_view::npos;
  ++i;
  skip_blanks();
  return i < text.size() ? i : std::string_view::npos;
}

// Where the value at `i` ends. A quoted one ends before its quote, which has as many backslashes as the
// opening one, or, behind a value's own backslashes, these and that many.
struct Value {
  std::size_t begin, end;
};
Value value_at(std::string_view text, std::size_t i, bool to_end_of_line) {
  if (const std::size_t quote = quote_at(text, i); quote > 0) {
    const std::size_t begin = i + quote;
    const std::string_view closing = text.substr(i, quote);
    for (std::size_t end = begin; end < text.size(); ++end) {
      if (!text.substr(end).starts_with(closing)) continue;
      std::size_t slashes = 0;
      while (slashes < end - begin && text[end - 1 - slashes] == '\\') ++slashes;
      // One escaped character takes as many backslashes as the quote has letters; odd: the quote is escaped.
      if (slashes / quote % 2 == 0) return {begin, end};
    }
    return {begin, text.size()};
  }
  if (text[i] == '{' || text[i] == '[') return {i, i};  // Its members have names of their own.
  constexpr std::string_view kEnds = " \t\r\n&,;}])\"'\\";
  const std::size_t end = text.find_first_of(to_end_of_line ? std::string_view("\r\n\"'\\") : kEnds, i);
  return {i, std::min(end, text.size())};
}

}  // namespace

bool is_secret_name(std::string_view name) {
  // Without case, '_', '-' and brackets: cardSecurityCode, X-Api-Key and card[cvc] are all known.
  std::string plain;
  for (const char letter : name) {
    if (letter >= 'A' && letter <= 'Z') plain += static_cast<char>(letter - 'A' + 'a');
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) plain += letter;
  }
  constexpr std::array<std::string_view, 22> kEndings = {
      "cvc",           "cvc2",       "cvv",          "cvv2",
      "csc",           "cvn",        "securitycode", "verificationvalue",
      "password",      "passphrase", "secret",       "secretkey",
      "token",         "privatekey", "apikey",       "apisecret",
      "authorization", "cryptogram", "cardnumber",   "encryptedcard",
      "assertion",     "setcookie"};
  if (plain == "pan" || plain == "pin" || plain == "cookie" || plain == "cavv") return true;
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return plain.ends_with(ending); });
}

std::string redact_fields(std::string_view text, std::string_view replacement) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (!is_name_letter(text[i])) {
      out += text[i++];
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && is_name_letter(text[i])) ++i;
    const std::string_view name = text.substr(begin, i - begin);
    out += name;
    if (!is_secret_name(name)) continue;
    const std::size_t place = value_after(text, i);
    if (place == std::string_view::npos) continue;
    // A header's value has blanks in it ("Basic dXNlcg=="), a form's or a log line's has not.
    const Value value = value_at(text, place, name.ends_with("uthorization") || name.ends_with("ookie"));
    out.append(text, i, value.begin - i);
    if (value.end > value.begin) out += replacement;
    i = value.end;
  }
  return out;
}

}  // namespace florin
