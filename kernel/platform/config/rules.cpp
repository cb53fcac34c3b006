// The rules for texts, and the codes of countries.
#include "kernel/platform/config/rules.hpp"

#include <fmt/format.h>
#include <florin/crypto.hpp>

namespace florin::rules {

TextRule matching(std::string pattern, std::string expected) {
  TextRule rule;
  rule.pattern = std::move(pattern);
  rule.expected = std::move(expected);
  return rule;
}

TextRule text() { return TextRule{}; }

TextRule optional_text() {
  TextRule rule;
  rule.may_be_empty = true;
  return rule;
}

TextRule one_of(std::vector<std::string> words) {
  TextRule rule;
  rule.one_of = std::move(words);
  return rule;
}

TextRule currency() {
  TextRule rule;
  rule.format = TextRule::Format::kCurrency;
  rule.expected = "a currency's code (ISO 4217), like \"EUR\"";
  return rule;
}

TextRule country() {
  TextRule rule;
  rule.format = TextRule::Format::kCountry;
  rule.expected = "a country's two letters (ISO 3166-1), like \"PT\"";
  return rule;
}

TextRule path() {
  TextRule rule;
  rule.format = TextRule::Format::kPath;
  rule.expected = "a path";
  return rule;
}

TextRule secret() {
  TextRule rule;
  rule.secret = true;
  rule.expected = "a secret, as ${NAME} or file:<path>";
  return rule;
}

TextRule key_of_32_bytes() {
  TextRule rule = secret();
  rule.expected = "32 random bytes in base64 (openssl rand -base64 32), as ${NAME} or file:<path>";
  rule.accepts = [](const std::string& text) {
    const auto bytes = from_base64(text);
    return bytes && bytes->size() == 32;
  };
  return rule;
}

TextRule name() { return matching("[a-z0-9][a-z0-9-]{0,62}", "a name of small letters, digits and \"-\""); }

TextRule plugin_name() { return matching("[a-z][a-z0-9_]{1,31}", "a plugin's name"); }

TextRule base_url() {
  return matching(R"(https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?|https?://\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?)",
                  "an address like \"https://pay.example.com\", without path or final \"/\"");
}

TextRule far_side() {
  return matching(R"(https?://[^/?#@\s]+(/[^/?#\s]+)*)",
                  "an address like \"http://127.0.0.1:8090\", without final \"/\"");
}

TextRule url() {
  return matching(R"(https?://[^/?#@\s]+([/?][^#\s]*)?)",
                  "an address like \"https://shop.example.com/hooks\"");
}

TextRule event_pattern() {
  return matching(R"(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)",
                  "an event's type, like \"payment.succeeded\" or \"payment.*\"");
}

TextRule policy(const std::string& folder) {
  return matching(folder + "/[A-Za-z0-9_][A-Za-z0-9_/-]*",
                  fmt::format("a policy's file below scripts/, without .lua, like \"{}/name\"", folder));
}

const std::vector<std::string>& countries() {
  static const std::vector<std::string> codes = [] {
    constexpr std::string_view kCodes =
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR"
        "CUCVCWCX"
        "CYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIM"
        "INIOIQIR"
        "ISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMY"
        "MZNANCNE"
        "NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSY"
        "SZTCTDTF"
        "TGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";
    static_assert(kCodes.size() == 250 * 2);
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kCodes.size(); i += 2) all.emplace_back(kCodes.substr(i, 2));
    return all;
  }();
  return codes;
}

const std::vector<std::string>& currencies() {
  static const std::vector<std::string> codes = [] {
    std::vector<std::string> all;
    for (const Currency each : Currency::all()) all.emplace_back(each.code());
    return all;
  }();
  return codes;
}

}  // namespace florin::rules
