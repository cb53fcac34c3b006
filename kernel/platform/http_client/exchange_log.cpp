// Redaction by name in JSON and forms; digit runs that pass the Luhn check are masked everywhere, because
// providers echo card numbers in places that no list of names foresees.
#include "kernel/platform/http_client/exchange_log.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <florin/json.hpp>

namespace florin {
namespace {

constexpr std::string_view kRedacted = "[redacted]";
constexpr std::size_t kBodyKept = 8 * 1024;

// Compared without case and without '-' and '_'; a name that ends in one of them is secret as well, so
// that "client_secret" and "x-api-key" are.
constexpr std::array kSecretEndings = {
    std::string_view("authorization"), std::string_view("secret"),       std::string_view("password"),
    std::string_view("apikey"),        std::string_view("accesstoken"),  std::string_view("refreshtoken"),
    std::string_view("idtoken"),       std::string_view("authtoken"),    std::string_view("cardnumber"),
    std::string_view("cvc"),           std::string_view("cvv"),          std::string_view("cvv2"),
    std::string_view("securitycode"),  std::string_view("signature"),    std::string_view("cookie"),
    std::string_view("privatekey"),    std::string_view("assertion"),    std::string_view("cryptogram"),
    std::string_view("devicetoken"),   std::string_view("verificationvalue")};
constexpr std::array kSecretNames = {std::string_view("number"), std::string_view("pan"),
                                     std::string_view("token"),  std::string_view("pin"),
                                     std::string_view("iban"),   std::string_view("accountnumber")};

std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c))) plain += static_cast<char>(std::tolower(c));
  return plain;
}

// "payment_method_data[card][number]" is "number".
std::string_view last_part(std::string_view name) {
  while (!name.empty() && name.back() == ']') name.remove_suffix(1);
  const std::size_t open = name.find_last_of("[.");
  return open == std::string_view::npos ? name : name.substr(open + 1);
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    const int value = *digit - '0';
    sum += !twice ? value : value < 5 ? 2 * value : 2 * value - 9;
  }
  return sum % 10 == 0;
}

// 12 to 19 digits, alone or in groups with single blanks or dashes between.
std::string mask_card_numbers(std::string_view text) {
  std::string masked;
  for (std::size_t at = 0; at < text.size();) {
    if (!std::isdigit(static_cast<unsigned char>(text[at]))) {
      masked += text[at++];
      continue;
    }
    std::string digits;
    std::size_t end = at, next = at;
    while (next < text.size() && digits.size() < 20) {
      if (std::isdigit(static_cast<unsigned char>(text[next]))) {
        digits += text[next++];
        end = next;
      } else if ((text[next] == ' ' || text[next] == '-') && next == end) {
        ++next;
      } else {
        break;
      }
    }
    const bool card = digits.size() >= 12 && digits.size() <= 19 && passes_luhn(digits);
    masked += card ? kRedacted : text.substr(at, end - at);
    at = end;
  }
  return masked;
}

void redact_json(Json& json, const IsSecret& more) {
  if (json.is_object()) {
    for (auto& [name, value] : json.items()) {
      if (!value.is_structured() && is_secret_name(name, more))
        value = kRedacted;
      else
        redact_json(value, more);
    }
  } else if (json.is_array()) {
    for (Json& value : json) redact_json(value, more);
  } else if (json.is_string()) {
    json = mask_card_numbers(json.get_ref<const std::string&>());
  } else if (json.is_number_integer()) {
    const std::string digits = json.dump();
    const std::string masked = mask_card_numbers(digits);
    if (masked != digits) json = masked;
  }
}

std::string redact_form(std::string_view form, const IsSecret& more) {
  std::string redacted;
  while (!form.empty()) {
    const std::size_t end = form.find('&');
    const std::string_view pair = form.substr(0, end);
    form = end == std::string_view::npos ? "" : form.substr(end + 1);
    const std::size_t equals = pair.find('=');
    const Result<std::string> name = url_decode(pair.substr(0, equals));
    if (!redacted.empty()) redacted += '&';
    if (equals == std::string_view::npos || (name && !is_secret_name(*name, more)))
      redacted += mask_card_numbers(pair);
    else
      redacted += std::string(pair.substr(0, equals + 1)) + std::string(kRedacted);
  }
  return redacted;
}

bool looks_like_form(std::string_view body) {
  const std::size_t equals = body.find('=');
  return equals != std::string_view::npos && body.find_first_of(" \n<{") == std::string_view::npos;
}

std::string cut(std::string text) {
  if (text.size() <= kBodyKept) return text;
  constexpr std::string_view kMark = "…[cut]";
  std::size_t end = kBodyKept - kMark.size();
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // Not inside a character.
  text.resize(end);
  return text.append(kMark);
}

}  // namespace

bool is_secret_name(std::string_view name, const IsSecret& more) {
  if (more && more(std::string(name))) return true;
  const std::string plain = plain_name(last_part(name));
  const auto is_plain = [&](std::string_view secret) { return plain == secret; };
  const auto ends_plain = [&](std::string_view secret) { return plain.ends_with(secret); };
  return std::any_of(kSecretNames.begin(), kSecretNames.end(), is_plain) ||
         std::any_of(kSecretEndings.begin(), kSecretEndings.end(), ends_plain);
}

std::string redact_body(std::string_view body, const IsSecret& more) {
  if (body.empty()) return "";
  if (body.front() == '{' || body.front() == '[') {
    Result<Json> json = parse_json(body);
    // JSON that cannot be read (cut off, two keys alike) cannot be redacted by name either.
    if (!json) return "[unreadable JSON, not kept]";
    redact_json(*json, more);
    return cut(to_text(*json));
  }
  return cut(looks_like_form(body) ? redact_form(body, more) : mask_card_numbers(body));
}

Headers redact_headers(const Headers& headers, const IsSecret& more) {
  Headers redacted;
  for (const auto& [name, value] : headers)
    redacted[name] = is_secret_name(name, more) ? std::string(kRedacted) : mask_card_numbers(value);
  return redacted;
}

std::string redact_url(std::string_view url, const IsSecret& more) {
  const std::size_t question = url.find('?');
  if (question == std::string_view::npos) return mask_card_numbers(url);
  return mask_card_numbers(url.substr(0, question)) + "?" + redact_form(url.substr(question + 1), more);
}

Json Exchange::to_json() const {
  Json json = {{"method", method},
               {"url", url},
               {"headers", Json(std::map<std::string, std::string>(headers.begin(), headers.end()))},
               {"request_body", request_body},
               {"response_body", response_body},
               {"status", status},
               {"started", to_text(started)},
               {"took_us", took.count()}};
  if (!error.empty()) json["error"] = error;
  return json;
}

}  // namespace florin
