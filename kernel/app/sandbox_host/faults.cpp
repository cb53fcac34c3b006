// Reading and drawing faults.
#include "kernel/app/sandbox_host/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace florin {
namespace {

using Mode = Fault::Mode;

constexpr std::array<std::pair<std::string_view, Mode>, 12> kModes = {{
    {"status", Mode::kStatus},
    {"silent_before", Mode::kSilentBefore},
    {"silent_after", Mode::kSilentAfter},
    {"close_before", Mode::kCloseBefore},
    {"close_after", Mode::kCloseAfter},
    {"slow", Mode::kSlow},
    {"garbage", Mode::kGarbage},
    {"truncated", Mode::kTruncated},
    {"empty", Mode::kEmpty},
    {"duplicate_webhooks", Mode::kDuplicateWebhooks},
    {"drop_webhooks", Mode::kDropWebhooks},
    {"reorder_webhooks", Mode::kReorderWebhooks},
}};

Error wrong(std::string_view param, std::string_view expected) {
  return Error{Error::Kind::kInvalid, fmt::format("{} must be {}", param, expected), "invalid_fault",
               std::string(param)};
}

// Absent: `otherwise`.
Result<std::int64_t> number(const Json& json, const char* name, std::int64_t least, std::int64_t most,
                            std::int64_t otherwise) {
  if (!json.contains(name)) return otherwise;
  const auto value = integer_at(json, name);
  if (!value || *value < least || *value > most)
    return wrong(name, fmt::format("a whole number from {} to {}", least, most));
  return *value;
}

}  // namespace

std::string_view to_text(Mode mode) { return kModes[static_cast<std::size_t>(mode)].first; }

Result<Fault> read_fault(const Json& json) {
  if (!json.is_object()) return wrong("the body", "a JSON object");
  Fault fault;
  const std::string mode = text_at(json, "mode");
  const auto known =
      std::find_if(kModes.begin(), kModes.end(), [&](const auto& one) { return one.first == mode; });
  if (known == kModes.end()) {
    std::string names;
    for (const auto& [name, value] : kModes) names += (names.empty() ? "" : ", ") + std::string(name);
    return wrong("mode", "one of " + names);
  }
  fault.mode = known->second;
  fault.plugin = text_at(json, "plugin");
  fault.method = text_at(json, "method");
  fault.path_prefix = text_at(json, "path_prefix");
  FLORIN_TRY(status, number(json, "status", 200, 599, 503));
  fault.status = static_cast<int>(status);
  FLORIN_TRY(delay, number(json, "delay_ms", 0, 600'000, 3000));
  fault.delay = std::chrono::milliseconds(delay);
  FLORIN_TRY(probability, number(json, "probability", 0, 1000, 1000));
  fault.probability = probability;
  FLORIN_TRY(times, number(json, "times", 1, 1'000'000'000, 0));
  if (times > 0) fault.times = times;
  return fault;
}

Json to_json(const Fault& fault) {
  Json json = {{"plugin", fault.plugin},           {"method", fault.method},
               {"path_prefix", fault.path_prefix}, {"mode", to_text(fault.mode)},
               {"status", fault.status},           {"delay_ms", fault.delay.count()},
               {"probability", fault.probability}};
  if (fault.times) json["times"] = *fault.times;
  return json;
}

std::vector<Fault> Faults::draw(std::string_view plugin, std::string_view method, std::string_view path,
                                Random& random) {
  std::vector<Fault> drawn;
  bool answer_taken = false;
  for (Fault& fault : faults_) {
    if (!fault.plugin.empty() && fault.plugin != plugin) continue;
    if (!fault.method.empty() && fault.method != method) continue;
    if (!path.starts_with(fault.path_prefix)) continue;
    if (!fault.about_webhooks() && answer_taken) continue;
    if (fault.probability < 1000 && static_cast<std::int64_t>(random.below(1000)) >= fault.probability)
      continue;
    answer_taken = answer_taken || !fault.about_webhooks();
    if (fault.times) --*fault.times;
    drawn.push_back(fault);
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.times && *fault.times == 0; });
  return drawn;
}

}  // namespace florin
