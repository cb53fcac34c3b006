// JSON from outside: what the strict reader takes, POCO's reader takes and understands the same; it is
// written as one text that reads back the same; and the total readers over it never fail. The live
// protocol's messages ride on it and keep their limits.
#include <algorithm>
#include <cmath>

#include <Poco/Dynamic/Var.h>
#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <florin/json.hpp>

#include "kernel/platform/live/protocol.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

// POCO 1.11 reads a whole number below -2^53 as the double next to it (strToInt in Poco/NumericString.h); we read
// the number itself. Every other one it reads as it stands.
std::int64_t as_poco_reads(std::int64_t integer) {
  return integer < 0 ? static_cast<std::int64_t>(static_cast<double>(integer)) : integer;
}

bool same(const Json& ours, const Poco::Dynamic::Var& theirs) {
  if (ours.is_object()) {
    if (theirs.type() != typeid(Poco::JSON::Object::Ptr)) return false;
    const auto object = theirs.extract<Poco::JSON::Object::Ptr>();
    if (object->size() != ours.size()) return false;
    for (const auto& [key, value] : ours.items())
      if (!object->has(key) || !same(value, object->get(key))) return false;
    return true;
  }
  if (ours.is_array()) {
    if (theirs.type() != typeid(Poco::JSON::Array::Ptr)) return false;
    const auto array = theirs.extract<Poco::JSON::Array::Ptr>();
    if (array->size() != ours.size()) return false;
    for (std::size_t i = 0; i < ours.size(); ++i)
      if (!same(ours[i], array->get(static_cast<unsigned>(i)))) return false;
    return true;
  }
  if (ours.is_string()) return theirs.isString() && theirs.convert<std::string>() == ours.get_ref<const std::string&>();
  if (ours.is_boolean()) return theirs.isBoolean() && theirs.convert<bool>() == ours.get<bool>();
  if (ours.is_null()) return theirs.isEmpty();
  if (const auto integer = integer_at(ours, "")) return theirs.isNumeric() && theirs.convert<std::int64_t>() == as_poco_reads(*integer);
  return theirs.isNumeric();  // A fraction, or beyond 64 bits: refused where money is read.
}

// Whole numbers beyond 64 bits: POCO refuses the document, to us they are no integers.
bool has_number_beyond(const Json& json) {
  if (json.is_structured()) return std::any_of(json.begin(), json.end(), has_number_beyond);
  return json.is_number_float() && std::abs(json.get<double>()) >= 9.2e18;
}

void poco_agrees(std::string_view text, const Json& json) {
  if (has_number_beyond(json)) return;
  if (!json.is_structured() || text.find("\\u0000") != std::string_view::npos) return;  // POCO reads no bare value.
  Poco::JSON::Parser parser;
  parser.setDepth(100);
  try {
    FLORIN_CHECK(same(json, parser.parse(std::string(text))), "POCO reads the same document");
  } catch (const Poco::Exception&) {
    FLORIN_CHECK(false, "POCO takes what the stricter reader took");
  }
}

int depth_of(const Json& json) {
  int deepest = 0;
  if (json.is_structured())
    for (const Json& each : json) deepest = std::max(deepest, depth_of(each));
  return deepest + (json.is_structured() ? 1 : 0);
}

void is_read_totally(const Json& json, std::string_view path) {
  const Json* found = find(json, path);
  const std::string text = text_at(json, path);
  const auto integer = integer_at(json, path);
  FLORIN_CHECK(found != nullptr || (text.empty() && !integer), "what is not there is nothing");
  FLORIN_CHECK(!integer || found->is_number_integer(), "only a whole number is one");
}

void live_message(std::string_view text) {
  const auto message = live::read_message(text);
  if (!message) {
    FLORIN_CHECK(message.error().kind == Error::Kind::kInvalid && !message.error().code.empty(), "a no has a code");
    return;
  }
  FLORIN_CHECK(message->topics.size() <= 32 && message->token.size() <= 512, "a message keeps its limits");
  FLORIN_CHECK(!message->since || *message->since >= 0, "a seq is not negative");
  for (const std::string& topic : message->topics)
    FLORIN_CHECK(!live::topic_takes(topic, "payment.succeeded") || topic == "*" || topic == "payments" ||
                     topic == "payment.*" || topic == "payment.succeeded",
                 "a topic takes what it says");
}

}  // namespace

void fuzz_one(std::string_view input) {
  live_message(input);
  const Result<Json> json = parse_json(input);
  if (!json) {
    FLORIN_CHECK(json.error().code == "invalid_json", "what is no JSON is told so");
    return;
  }
  FLORIN_CHECK(depth_of(*json) <= 64, "a document has a bounded depth");
  const std::string text = to_text(*json);
  const Result<Json> again = parse_json(text);
  FLORIN_CHECK(again && *again == *json && to_text(*again) == text, "what is written reads back the same");
  poco_agrees(input, *json);
  for (const std::string_view path : {"", "type", "a.b", "a.0", "0.0", "topics.1", "."}) is_read_totally(*json, path);
}

}  // namespace florin
