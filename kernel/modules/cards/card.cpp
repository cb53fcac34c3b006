// Luhn, brands, and reading a card out of a request.
#include "kernel/modules/cards/card.hpp"

#include <array>
#include <cctype>

#include "kernel/modules/api/json_text.hpp"

namespace florin {

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool twice = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, twice = !twice) {
    if (*digit < '0' || *digit > '9') return false;
    const int value = (*digit - '0') * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return !digits.empty() && sum % 10 == 0;
}

namespace {
struct BrandRange {
  int first, last;  // Of the first `digits` digits.
  int digits;
  const char* brand;
};
constexpr std::array kBrands = {
    BrandRange{34, 34, 2, "amex"},         BrandRange{37, 37, 2, "amex"},
    BrandRange{300, 305, 3, "diners"},     BrandRange{36, 36, 2, "diners"},
    BrandRange{38, 39, 2, "diners"},       BrandRange{3528, 3589, 4, "jcb"},
    BrandRange{2221, 2720, 4, "mastercard"}, BrandRange{51, 55, 2, "mastercard"},
    BrandRange{6011, 6011, 4, "discover"}, BrandRange{644, 649, 3, "discover"},
    BrandRange{65, 65, 2, "discover"},     BrandRange{62, 62, 2, "unionpay"},
    BrandRange{81, 81, 2, "unionpay"},     BrandRange{4, 4, 1, "visa"},
};

int leading(std::string_view digits, int count) {
  int value = 0;
  for (int i = 0; i < count && i < static_cast<int>(digits.size()); ++i) value = value * 10 + (digits[static_cast<std::size_t>(i)] - '0');
  return value;
}
}  // namespace

bool card_has_expired(int exp_month, int exp_year, Instant now) {
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const std::chrono::year_month_day last(std::chrono::year(exp_year) / std::chrono::month(static_cast<unsigned>(exp_month)) /
                                         std::chrono::last);
  return std::chrono::sys_days(today) > std::chrono::sys_days(last) + std::chrono::days(1);
}

std::string card_brand(std::string_view digits) {
  for (const BrandRange& range : kBrands) {
    const int value = leading(digits, range.digits);
    if (value >= range.first && value <= range.last) return range.brand;
  }
  return "unknown";
}

std::string CardFace::text() const {
  JsonText json;
  json.text("bin", bin)
      .text("brand", brand)
      .text_or_null("country", country)
      .integer("exp_month", exp_month)
      .integer("exp_year", exp_year)
      .text("fingerprint", fingerprint);
  if (!holder.empty()) json.text("holder", holder);
  return json.text("last4", last4).finish();
}

CardFace card_face_from(const Json& json) {
  CardFace face;
  face.brand = text_at(json, "brand");
  face.last4 = text_at(json, "last4");
  face.bin = text_at(json, "bin");
  face.exp_month = static_cast<int>(integer_at(json, "exp_month").value_or(0));
  face.exp_year = static_cast<int>(integer_at(json, "exp_year").value_or(0));
  face.fingerprint = text_at(json, "fingerprint");
  face.country = text_at(json, "country");
  face.holder = text_at(json, "holder");
  return face;
}

ReadCard read_card(Fields& fields, const Vault& vault, Instant now) {
  ReadCard read;
  std::string digits;
  for (const char c : fields.required_text("number", 40)) {
    if (c == ' ' || c == '-') continue;
    digits += c;
  }
  if (digits.size() < 12 || digits.size() > 19 || !passes_luhn(digits))
    fields.fail("number", "is no card number", "incorrect_number");
  const auto month = fields.integer("exp_month", 1, 12);
  auto year = fields.integer("exp_year", 0, 9999);
  if (year && *year < 100) *year += 2000;
  if (!month) fields.fail("exp_month", "is required", "invalid_expiry_month");
  if (!year) fields.fail("exp_year", "is required", "invalid_expiry_year");
  if (month && year && *month >= 1 && *month <= 12 && card_has_expired(static_cast<int>(*month), static_cast<int>(*year), now))
    fields.fail("exp_year", "says that the card has expired", "expired_card");
  const std::string cvc = fields.text("cvc", 4);
  bool cvc_good = cvc.empty() || cvc.size() == 3 || cvc.size() == 4;
  for (const char c : cvc) cvc_good = cvc_good && std::isdigit(static_cast<unsigned char>(c)) != 0;
  if (!cvc_good) fields.fail("cvc", "must have three or four digits", "invalid_cvc");
  const std::string holder = fields.text("holder", 100);
  const std::string country = fields.text("country", 2);

  read.face.brand = card_brand(digits);
  if (digits.size() >= 12) {
    read.face.last4 = digits.substr(digits.size() - 4);
    read.face.bin = digits.substr(0, 6);
  }
  read.face.exp_month = static_cast<int>(month.value_or(0));
  read.face.exp_year = static_cast<int>(year.value_or(0));
  read.face.country = country;
  read.face.holder = holder;
  read.card.number = Secret(std::move(digits));
  read.card.exp_month = read.face.exp_month;
  read.card.exp_year = read.face.exp_year;
  read.card.cvc = Secret(cvc);
  read.card.holder = holder;
  read.face.fingerprint = vault.fingerprint(read.card.number, "card");
  return read;
}

}  // namespace florin
