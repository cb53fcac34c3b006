// What far sides share; see the header. The test cards are Stripe's, from docs.stripe.com/testing.
#include <florin/sandbox_kit.hpp>

#include <algorithm>

#include <florin/crypto.hpp>

namespace florin::sandbox {
namespace {

constexpr std::string_view kPageStyle =
    "body{font-family:system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem;color:#1c2430}"
    "form{display:inline}button{font:inherit;padding:.6rem 1.2rem;margin:.4rem .4rem 0 0}";

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::int64_t micros(Instant at) { return at.time_since_epoch().count(); }

}  // namespace

const std::vector<TestCard>& test_cards() {
  static const std::vector<TestCard> cards = {
      {"4242424242424242", "visa", "approve"},
      {"4000056655665556", "visa", "approve"},
      {"5555555555554444", "mastercard", "approve"},
      {"2223003122003222", "mastercard", "approve"},
      {"378282246310005", "amex", "approve"},
      {"6011111111111117", "discover", "approve"},
      {"3566002020360505", "jcb", "approve"},
      {"4000000000000002", "visa", "generic_decline"},
      {"4000000000000101", "visa", "incorrect_cvc"},
      {"4000000000009995", "visa", "insufficient_funds"},
      {"4000000000009987", "visa", "lost_card"},
      {"4000000000009979", "visa", "stolen_card"},
      {"4000000000000069", "visa", "expired_card"},
      {"4000000000000127", "visa", "incorrect_cvc"},
      {"4000000000000119", "visa", "processing_error"},
      {"4242424242424241", "visa", "incorrect_number"},
      {"4000000000006975", "visa", "card_velocity_exceeded"},
      {"4100000000000019", "visa", "fraudulent"},
      {"4000000000003220", "visa", "challenge"},
      {"4000002500003155", "visa", "challenge"},
      {"4000002760003184", "visa", "challenge"},
  };
  return cards;
}

std::string outcome_of_card(std::string_view number) {
  for (const TestCard& card : test_cards())
    if (card.number == number) return std::string(card.outcome);
  return "approve";
}

std::string brand_of_card(std::string_view number) {
  for (const TestCard& card : test_cards())
    if (card.number == number) return std::string(card.brand);
  return "visa";
}

std::string new_id(Books& books, std::string_view prefix, Instant now, std::size_t length) {
  const std::string seed = books.next("id") + "@" + std::to_string(micros(now));
  return std::string(prefix) + to_hex(sha256(seed)).substr(0, length);
}

Replay recall(const Books& books, const std::string& key, std::string_view request, Instant now,
              Duration kept_for) {
  if (key.empty()) return {};
  const auto keys = books.state().find("keys");
  if (keys == books.state().end()) return {};
  const auto found = keys->find(key);
  if (found == keys->end()) return {};
  if (micros(now) - integer_at(*found, "at").value_or(0) > kept_for.count()) return {};
  Replay replay;
  replay.is = text_at(*found, "request") == to_hex(sha256(request)) ? Replay::Is::kSame : Replay::Is::kOther;
  if (replay.is == Replay::Is::kOther) return replay;
  replay.response.status = static_cast<int>(integer_at(*found, "status").value_or(200));
  replay.response.headers.emplace("Content-Type", "application/json");
  replay.response.body = text_at(*found, "body");
  return replay;
}

void remember(Books& books, const std::string& key, std::string_view request, const HttpResponse& response,
              Instant now) {
  if (key.empty()) return;
  books.state()["keys"][key] = {{"request", to_hex(sha256(request))},
                                {"status", response.status},
                                {"body", response.body},
                                {"at", micros(now)}};
}

std::string Target::parameter(std::string_view name) const { return value_of(query, name); }

Target parse_target(std::string_view path) {
  Target target;
  const auto mark = path.find('?');
  if (mark != std::string_view::npos) target.query = parse_form(path.substr(mark + 1));
  path = path.substr(0, mark);
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = std::min(path.find('/'), path.size());
    const auto decoded = url_decode(path.substr(0, slash));
    target.path.push_back(decoded ? *decoded : std::string(path.substr(0, slash)));
    path.remove_prefix(slash);
  }
  return target;
}

std::string value_of(const std::vector<std::pair<std::string, std::string>>& form, std::string_view name) {
  for (const auto& [key, value] : form)
    if (key == name) return value;
  return "";
}

HttpResponse json_answer(int status, const Json& body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace("Content-Type", "application/json");
  response.body = to_text(body);
  return response;
}

HttpResponse page_answer(int status, std::string html) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace("Content-Type", "text/html; charset=utf-8");
  response.body = std::move(html);
  return response;
}

HttpResponse see_other(std::string url) {
  HttpResponse response;
  response.status = 303;
  response.headers.emplace("Location", std::move(url));
  return response;
}

std::string with_parameter(std::string url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + url_encode(name) + "=" + url_encode(value);
}

std::string approval_page(std::string_view title, std::string_view amount, std::string_view merchant) {
  const std::string heading = escape_html(title);
  return "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + heading +
         "</title><style>" + std::string(kPageStyle) + "</style></head><body><h1>" + heading + "</h1><p>" +
         escape_html(merchant) + " asks for <strong>" + escape_html(amount) +
         "</strong>. This is a sandbox: no money moves.</p>"
         "<form method=\"post\"><button name=\"outcome\" value=\"approve\">Approve</button></form>"
         "<form method=\"post\"><button name=\"outcome\" value=\"cancel\">Cancel</button></form>"
         "</body></html>";
}

}  // namespace florin::sandbox
