// Faults on demand: what a test or an operator asks the far sides to do wrong, for which requests, and how
// often. The modes are the ways in which payment providers fail.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <florin/json.hpp>
#include <florin/result.hpp>

#include "kernel/platform/random/random.hpp"

namespace florin {

struct Fault {
  enum class Mode {
    kStatus,             // Answers `status` and does not act.
    kSilentBefore,       // Does not act, and says nothing until the client has gone or 60 s have passed.
    kSilentAfter,        // Acts, and says nothing.
    kCloseBefore,        // Does not act, and hangs up.
    kCloseAfter,         // Acts, and hangs up.
    kSlow,               // Acts, and answers `delay_ms` later.
    kGarbage,            // Acts, and answers 200 with bytes that are no document.
    kTruncated,          // Acts, announces the whole body and sends half of it.
    kEmpty,              // Acts, and answers with the right status and no body.
    kDuplicateWebhooks,  // Sends each webhook twice.
    kDropWebhooks,       // Sends none.
    kReorderWebhooks,    // Holds every other webhook back by `delay_ms`, so that the next overtakes it.
  };
  std::string plugin;       // "" matches every sandbox.
  std::string method;       // "" matches every method.
  std::string path_prefix;  // As the provider knows the path; "" matches every path.
  Mode mode = Mode::kStatus;
  int status = 503;
  std::chrono::milliseconds delay{3000};
  std::optional<std::int64_t> times;  // How many requests it still hits; nothing: every one.
  std::int64_t probability = 1000;    // Per mille.

  bool about_webhooks() const { return mode >= Mode::kDuplicateWebhooks; }
};
std::string_view to_text(Fault::Mode mode);

// {plugin, method?, path_prefix?, mode, status?, delay_ms?, times?, probability?}. Errors: kInvalid, with
// the member in `param`.
Result<Fault> read_fault(const Json& json);
Json to_json(const Fault& fault);

// Not safe from several threads: its owner guards it.
class Faults {
 public:
  void add(Fault fault) { faults_.push_back(std::move(fault)); }
  void clear() { faults_.clear(); }
  const std::vector<Fault>& all() const { return faults_; }
  // What hits this request: at most one fault of its answer (the first that matches and is drawn) and any
  // number about its webhooks. Counts `times` down.
  std::vector<Fault> draw(std::string_view plugin, std::string_view method, std::string_view path,
                          Random& random);

 private:
  std::vector<Fault> faults_;
};

}  // namespace florin
