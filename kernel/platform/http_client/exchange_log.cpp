// Bodies are taken apart where they can be, so that names and values are known for what they are; the
// log's redactor goes over every text that stays, and over what cannot be taken apart.
#include "kernel/platform/http_client/exchange_log.hpp"

#include <florin/json.hpp>

#include "kernel/platform/logging/redact.hpp"

namespace florin {
namespace {

constexpr std::string_view kRedacted = "[redacted]";
constexpr std::size_t kBodyKept = 8 * 1024;

// "payment_method_data[card][number]" is "number".
std::string_view last_part(std::string_view name) {
  while (!name.empty() && name.back() == ']') name.remove_suffix(1);
  const std::size_t open = name.find_last_of("[.");
  return open == std::string_view::npos ? name : name.substr(open + 1);
}

// Card and account numbers by their field's name as well: a mistyped one has no right check digit. And a
// field that holds a payment method's name (Stripe's "payment_method": "pm_..."), which pays.
bool is_secret(std::string_view name, const IsSecret& more) {
  const std::string_view last = last_part(name);
  return is_secret_name(name) || last == "number" || last == "iban" || last == "account_number" ||
         last == "payment_method" || (more && more(std::string(name)));
}

void redact_json(Json& json, const IsSecret& more) {
  if (json.is_object()) {
    for (auto& [name, value] : json.items()) {
      if (!value.is_structured() && !value.is_null() && is_secret(name, more))
        value = kRedacted;
      else
        redact_json(value, more);
    }
  } else if (json.is_array()) {
    for (Json& value : json) redact_json(value, more);
  } else if (json.is_string()) {
    json = redact(json.get_ref<const std::string&>());
  } else if (json.is_number_integer()) {
    const std::string digits = json.dump();
    const std::string masked = redact(digits);
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
    if (equals == std::string_view::npos || (name && !is_secret(*name, more)))
      redacted += redact(pair);
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

std::string redact_body(std::string_view body, const IsSecret& more) {
  if (body.empty()) return "";
  if (body.front() == '{' || body.front() == '[') {
    Result<Json> json = parse_json(body);
    if (json) {
      redact_json(*json, more);
      return cut(to_text(*json));
    }
  }
  return cut(looks_like_form(body) ? redact_form(body, more) : redact(body));
}

Headers redact_headers(const Headers& headers, const IsSecret& more) {
  Headers redacted;
  for (const auto& [name, value] : headers)
    redacted[name] = is_secret(name, more) ? std::string(kRedacted) : redact(value);
  return redacted;
}

std::string redact_url(std::string_view url, const IsSecret& more) {
  const std::size_t question = url.find('?');
  if (question == std::string_view::npos) return redact(url);
  return redact(url.substr(0, question)) + "?" + redact_form(url.substr(question + 1), more);
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
