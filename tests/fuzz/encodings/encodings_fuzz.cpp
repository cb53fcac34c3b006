// Hexadecimal, base64, percent-encoding, forms, PEM keys and sealed texts from outside: decoding is strict
// (one text for one value), encoding reads back, and no bytes but its own open or verify anything.
#include <florin/crypto.hpp>
#include <florin/http.hpp>

#include "kernel/platform/crypto/vault.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

void read_back(std::string_view bytes) {
  FLORIN_CHECK(*from_hex(to_hex(bytes)) == bytes, "hexadecimal reads back");
  FLORIN_CHECK(*from_base64(to_base64(bytes)) == bytes, "base64 reads back");
  FLORIN_CHECK(*from_base64url(to_base64url(bytes)) == bytes, "base64url reads back");
  FLORIN_CHECK(*url_decode(url_encode(bytes)) == bytes, "percent-encoding reads back");
  const auto form = parse_form(Form().add("a", bytes).add("b", 1).text());
  FLORIN_CHECK(form.size() == 2 && form[0].second == bytes, "a form reads back");
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

void one_text_for_one_value(std::string_view text) {
  if (const auto bytes = from_hex(text)) FLORIN_CHECK(to_hex(*bytes) == lower(std::string(text)), "hexadecimal");
  if (const auto bytes = from_base64(text)) FLORIN_CHECK(to_base64(*bytes) == text, "base64");
  if (const auto bytes = from_base64url(text)) FLORIN_CHECK(to_base64url(*bytes) == text, "base64url");
  for (const auto& [name, value] : parse_form(text))
    FLORIN_CHECK(name.size() + value.size() <= text.size(), "a field is no longer than what it stood in");
}

// A key that signs at all signs alike each time (RSASSA-PKCS1-v1_5 has no randomness) and with its own size.
void keys(std::string_view pem) {
  const Secret key{std::string(pem)};
  const auto signature = rs256_sign(key, "what is signed");
  if (!signature) {
    FLORIN_CHECK(signature.error().kind == Error::Kind::kInvalid, "a bad key is the operator's mistake");
  } else {
    FLORIN_CHECK(*rs256_sign(key, "what is signed") == *signature && !signature->empty(), "a signature is repeatable");
  }
  FLORIN_CHECK(!rs256_verify(pem, "what is signed", "") && !rs256_verify(pem, "what is signed", std::string(256, 'x')),
               "what nobody signed is not verified");
}

class CountedRandom final : public Random {
 public:
  std::string bytes(std::size_t count) override {
    std::string all(count, '\0');
    for (char& each : all) each = static_cast<char>(next_++);
    return all;
  }

 private:
  unsigned next_ = 1;
};

void sealed(std::string_view input) {
  static CountedRandom random;
  static const auto vault = Vault::make("1", {{"1", Secret(std::string(32, 'k'))}}, random);
  const Secret text{std::string(input)};
  std::string box = (*vault)->seal(text, "here");
  const auto opened = (*vault)->open(box, "here");
  FLORIN_CHECK(opened && *opened == text, "what is sealed opens");
  FLORIN_CHECK(!(*vault)->open(box, "there"), "but not elsewhere");
  FLORIN_CHECK(!(*vault)->open(input, "here"), "what no vault sealed does not open");
  fuzz::Choices choices(input);
  char& letter = box[choices.up_to(box.size() - 1)];
  letter = letter == 'A' ? 'B' : 'A';
  FLORIN_CHECK(!(*vault)->open(box, "here"), "nor what was changed");
}

}  // namespace

void fuzz_one(std::string_view input) {
  read_back(input);
  one_text_for_one_value(input);
  keys(input);
  sealed(input);
}

}  // namespace florin
