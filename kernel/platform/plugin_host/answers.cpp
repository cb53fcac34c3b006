// The contract's checks, the same for an answer at once and for one that is looked up.
#include "kernel/platform/plugin_host/answers.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace florin::answers {
namespace {

constexpr std::size_t kReferenceMax = 255;
constexpr std::size_t kCodeMax = 100;
constexpr std::size_t kMessageMax = 500;

std::optional<std::string> reference_fault(const std::string& reference) {
  if (reference.empty()) return "it names no reference";
  if (reference.size() > kReferenceMax) return "its reference is longer than 255 bytes";
  const bool printable = std::all_of(reference.begin(), reference.end(), [](char c) { return c > ' ' && c < 127; });
  return printable ? std::nullopt : std::optional<std::string>("its reference is not plain text");
}

std::optional<std::string> fault(const Approved& answer) {
  if (auto found = reference_fault(answer.reference)) return found;
  if (answer.captured && answer.capture_reference.empty()) return "it is captured and names no capture";
  return std::nullopt;
}
std::optional<std::string> fault(const RequiresAction& answer) {
  if (auto found = reference_fault(answer.reference)) return found;
  const std::string& url = answer.url;
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://"))
    return "the address it sends the payer to is not a web address";
  return std::nullopt;
}
std::optional<std::string> fault(const Accepted& answer) { return reference_fault(answer.reference); }
std::optional<std::string> fault(const Declined&) { return std::nullopt; }
std::optional<std::string> fault(const InDoubt&) { return std::nullopt; }
std::optional<std::string> fault(const NotFound&) { return std::nullopt; }

bool is_utf8(const std::string& text) try {
  static_cast<void>(Json(text).dump());
  return true;
} catch (const Json::exception&) {
  return false;
}

// What goes into events and answers must be JSON there: bounded, and UTF-8 to the last character.
void tidy(std::string& text, std::size_t size_max) {
  if (text.size() > size_max) text.resize(size_max);
  if (!is_utf8(text)) std::replace_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; }, '?');
}

void mend(Declined& answer) {
  if (answer.reason < DeclineReason::kOther || answer.reason > DeclineReason::kProviderError)
    answer.reason = DeclineReason::kOther;
  tidy(answer.provider_code, kCodeMax);
  tidy(answer.message, kMessageMax);
}
void mend(InDoubt& answer) { tidy(answer.why, kMessageMax); }
template <class Answer>
void mend(Answer&) {}

template <class Outcome>
Outcome without_nonsense(Guard& guard, const char* operation, Outcome outcome) {
  const auto found = std::visit([](const auto& answer) { return fault(answer); }, outcome);
  if (found) return InDoubt{guard.nonsense(operation, *found), ""};
  std::visit([](auto& answer) { mend(answer); }, outcome);
  return outcome;
}

// An Error promises that no money moved. Of these two kinds it cannot be true once a request has left.
bool may_have_happened(const Error& error, bool left) {
  return left && (error.kind == Error::Kind::kTimedOut || error.kind == Error::Kind::kBroken);
}

template <class Outcome>
Result<Outcome> checked_act(Guard& guard, const char* operation, Result<Outcome> answer, bool left) {
  if (answer) return without_nonsense(guard, operation, std::move(*answer));
  if (may_have_happened(answer.error(), left)) return Outcome{InDoubt{answer.error().message, ""}};
  return answer;
}

template <class Outcome>
Result<Outcome> checked_question(Guard& guard, const char* operation, Result<Outcome> answer) {
  if (answer) return without_nonsense(guard, operation, std::move(*answer));
  return answer;
}

}  // namespace

AuthorizeResult checked(Guard& guard, const char* operation, AuthorizeResult answer, bool left) {
  return checked_act(guard, operation, std::move(answer), left);
}
ModifyResult checked(Guard& guard, const char* operation, ModifyResult answer, bool left) {
  return checked_act(guard, operation, std::move(answer), left);
}
Result<AuthorizationLookup> checked(Guard& guard, const char* operation, Result<AuthorizationLookup> answer) {
  return checked_question(guard, operation, std::move(answer));
}
Result<ModificationLookup> checked(Guard& guard, const char* operation, Result<ModificationLookup> answer) {
  return checked_question(guard, operation, std::move(answer));
}

Result<std::vector<ProviderEvent>> checked(Guard& guard, const char* operation,
                                           Result<std::vector<ProviderEvent>> answer) {
  if (!answer) return answer;
  for (const ProviderEvent& event : *answer)
    if (event.id.empty())
      return Error{Error::Kind::kBroken, guard.nonsense(operation, "an event without an id"), "", ""};
  return answer;
}

}  // namespace florin::answers
