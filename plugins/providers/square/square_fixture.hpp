// A Square account, requests to it and answers from recordings, for the tests beside this file.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/provider_requests.hpp"
#include "tests/support/recording.hpp"
#include "tests/support/scripted_http.hpp"

#include "provider.hpp"

namespace florin::square {

using test_support::header;
using test_support::recorded;
using test_support::ScriptedHttp;

inline const Currency kEuro = Currency::of("EUR");
inline constexpr Instant kNow(std::chrono::seconds(1'700'000'000));
inline const std::string kPayment = "R2B3Z8WMVt3EAmzYWLZvz7Y69EbZY";  // Of every recording.

inline SquareProvider provider() {
  return SquareProvider(
      Settings({{"location_id", "L88917AVBK2S5"}, {"currency", "EUR"}},
               {{"access_token", Secret("sq0atp-1")}, {"webhook_signature_key", Secret("sqkey")}}));
}
inline Config config() { return {Secret("sq0atp-1"), "L88917AVBK2S5", "EUR", Secret("sqkey")}; }

inline std::string refusal(const std::string& category, const std::string& code,
                           const std::string& field = "") {
  return to_text(Json{{"errors", Json::array({{{"category", category}, {"code", code}, {"field", field}}})}});
}
// A recording with one value changed.
inline std::string with(const std::string& recording, const std::string& pointer, const Json& value) {
  Json json = *parse_json(recorded("square", recording));
  json[Json::json_pointer(pointer)] = value;
  return to_text(json);
}

}  // namespace florin::square
