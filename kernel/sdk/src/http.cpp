// Header names, forms and percent-encoding: the parts of HTTP that need no connection.
#include <florin/http.hpp>

#include <algorithm>

#include <florin/crypto.hpp>

namespace florin {
namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_unreserved(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' || letter == '~';
}

// `also` stays as it is, beside the unreserved characters.
std::string encode(std::string_view text, std::string_view also) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char letter : text) {
    if (is_unreserved(letter) || also.find(letter) != std::string_view::npos) {
      encoded += letter;
    } else {
      encoded += '%';
      encoded += kDigits[static_cast<unsigned char>(letter) >> 4];
      encoded += kDigits[static_cast<unsigned char>(letter) & 15];
    }
  }
  return encoded;
}

// What is no escape stays as it stands: forms come from outside and their reader is total.
std::string decode_form_part(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, '+', ' ');
  const Result<std::string> decoded = url_decode(blanks);
  return decoded ? *decoded : blanks;
}

}  // namespace

bool HeaderLess::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

Form& Form::add(std::string_view key, std::string_view value) {
  if (!text_.empty()) text_ += '&';
  text_ += encode(key, "[]");
  text_ += '=';
  text_ += encode(value, "");
  return *this;
}

Form& Form::add(std::string_view key, std::int64_t value) {
  return add(key, std::string_view(std::to_string(value)));
}

std::string url_encode(std::string_view text) { return encode(text, ""); }

Result<std::string> url_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const Result<std::string> byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1)
      return Error{Error::Kind::kInvalid, "a '%' without two hexadecimal digits", "invalid_encoding", ""};
    decoded += *byte;
    i += 2;
  }
  return decoded;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view field = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    fields.emplace_back(decode_form_part(field.substr(0, equals)), decode_form_part(value));
  }
  return fields;
}

}  // namespace florin
