// The one table of currencies: every active code of ISO 4217 that has a minor unit (list one with
// amendment 180: XCG for ANG, ZWG for ZWL, no BGN, the funds codes included; metals, SDR and test codes have
// none), and crypto assets with the places that Florin counts them in.
#include <algorithm>
#include <array>

#include <florin/money.hpp>

namespace florin {
namespace {

struct Row {
  std::string_view code;
  int exponent;
};

// Sorted by code: parse() searches it by halves.
constexpr Row kTable[] = {
    {"AED", 2}, {"AFN", 2}, {"ALL", 2}, {"AMD", 2},  {"AOA", 2},  {"ARS", 2}, {"AUD", 2}, {"AWG", 2},
    {"AZN", 2}, {"BAM", 2}, {"BBD", 2}, {"BDT", 2},  {"BHD", 3},  {"BIF", 0}, {"BMD", 2}, {"BND", 2},
    {"BOB", 2}, {"BOV", 2}, {"BRL", 2}, {"BSD", 2},  {"BTC", 8},  {"BTN", 2}, {"BWP", 2}, {"BYN", 2},
    {"BZD", 2}, {"CAD", 2}, {"CDF", 2}, {"CHE", 2},  {"CHF", 2},  {"CHW", 2}, {"CLF", 4}, {"CLP", 0},
    {"CNY", 2}, {"COP", 2}, {"COU", 2}, {"CRC", 2},  {"CUP", 2},  {"CVE", 2}, {"CZK", 2}, {"DJF", 0},
    {"DKK", 2}, {"DOP", 2}, {"DZD", 2}, {"EGP", 2},  {"ERN", 2},  {"ETB", 2}, {"ETH", 9}, {"EUR", 2},
    {"FJD", 2}, {"FKP", 2}, {"GBP", 2}, {"GEL", 2},  {"GHS", 2},  {"GIP", 2}, {"GMD", 2}, {"GNF", 0},
    {"GTQ", 2}, {"GYD", 2}, {"HKD", 2}, {"HNL", 2},  {"HTG", 2},  {"HUF", 2}, {"IDR", 2}, {"ILS", 2},
    {"INR", 2}, {"IQD", 3}, {"IRR", 2}, {"ISK", 0},  {"JMD", 2},  {"JOD", 3}, {"JPY", 0}, {"KES", 2},
    {"KGS", 2}, {"KHR", 2}, {"KMF", 0}, {"KPW", 2},  {"KRW", 0},  {"KWD", 3}, {"KYD", 2}, {"KZT", 2},
    {"LAK", 2}, {"LBP", 2}, {"LKR", 2}, {"LRD", 2},  {"LSL", 2},  {"LYD", 3}, {"MAD", 2}, {"MDL", 2},
    {"MGA", 2}, {"MKD", 2}, {"MMK", 2}, {"MNT", 2},  {"MOP", 2},  {"MRU", 2}, {"MUR", 2}, {"MVR", 2},
    {"MWK", 2}, {"MXN", 2}, {"MXV", 2}, {"MYR", 2},  {"MZN", 2},  {"NAD", 2}, {"NGN", 2}, {"NIO", 2},
    {"NOK", 2}, {"NPR", 2}, {"NZD", 2}, {"OMR", 3},  {"PAB", 2},  {"PEN", 2}, {"PGK", 2}, {"PHP", 2},
    {"PKR", 2}, {"PLN", 2}, {"PYG", 0}, {"QAR", 2},  {"RON", 2},  {"RSD", 2}, {"RUB", 2}, {"RWF", 0},
    {"SAR", 2}, {"SBD", 2}, {"SCR", 2}, {"SDG", 2},  {"SEK", 2},  {"SGD", 2}, {"SHP", 2}, {"SLE", 2},
    {"SOS", 2}, {"SRD", 2}, {"SSP", 2}, {"STN", 2},  {"SVC", 2},  {"SYP", 2}, {"SZL", 2}, {"THB", 2},
    {"TJS", 2}, {"TMT", 2}, {"TND", 3}, {"TOP", 2},  {"TRY", 2},  {"TTD", 2}, {"TWD", 2}, {"TZS", 2},
    {"UAH", 2}, {"UGX", 0}, {"USD", 2}, {"USDC", 6}, {"USDT", 6}, {"USN", 2}, {"UYI", 0}, {"UYU", 2},
    {"UYW", 4}, {"UZS", 2}, {"VED", 2}, {"VES", 2},  {"VND", 0},  {"VUV", 0}, {"WST", 2}, {"XAD", 2},
    {"XAF", 0}, {"XCD", 2}, {"XCG", 2}, {"XOF", 0},  {"XPF", 0},  {"YER", 2}, {"ZAR", 2}, {"ZMW", 2},
    {"ZWG", 2},
};
static_assert(std::ranges::is_sorted(kTable, {}, &Row::code));

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  std::array<char, 4> upper{};
  if (code.size() >= 3 && code.size() <= upper.size()) {
    for (std::size_t i = 0; i < code.size(); ++i) {
      const char letter = code[i];
      upper[i] = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    const std::string_view wanted(upper.data(), code.size());
    const Row* found = std::ranges::lower_bound(kTable, wanted, {}, &Row::code);
    if (found != std::end(kTable) && found->code == wanted)
      return Currency(static_cast<std::uint16_t>(found - kTable));
  }
  return Error{Error::Kind::kInvalid,
               "not a currency code that Florin knows; ISO 4217 such as EUR is expected", "unknown_currency",
               "currency"};
}

Currency Currency::of(std::string_view code) {
  const Result<Currency> currency = parse(code);
  FLORIN_CHECK(currency, "Currency::of() is for codes that stand in our own source");
  return *currency;
}

std::vector<Currency> Currency::all() {
  std::vector<Currency> currencies;
  currencies.reserve(std::size(kTable));
  for (std::size_t i = 0; i < std::size(kTable); ++i)
    currencies.push_back(Currency(static_cast<std::uint16_t>(i)));
  return currencies;
}

std::string_view Currency::code() const { return kTable[index_].code; }
int Currency::exponent() const { return kTable[index_].exponent; }

}  // namespace florin
