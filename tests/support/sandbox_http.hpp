// The Http door with a sandbox right behind it, and a network between them that the test may break at any
// request: nothing arrives, nothing comes back, or what comes back is not what was sent. Keeps every
// exchange.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <florin/http.hpp>
#include <florin/sandbox.hpp>

namespace florin::test_support {

// "Before" loses the request: the far side never sees it. "After" loses or spoils its answer.
enum class Fault {
  kNone,
  kUnreachable,
  kSilentBefore,
  kSilentAfter,
  kBrokenAfter,
  kUnavailableBefore,
  kUnavailableAfter,
  kGarbageAfter,
  kTruncatedAfter,
  kEmptyAfter,
};
inline const char* to_text(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "no fault";
    case Fault::kUnreachable:
      return "unreachable";
    case Fault::kSilentBefore:
      return "silent before acting";
    case Fault::kSilentAfter:
      return "silent after acting (or too slow)";
    case Fault::kBrokenAfter:
      return "connection broken after acting";
    case Fault::kUnavailableBefore:
      return "503 before acting";
    case Fault::kUnavailableAfter:
      return "503 after acting";
    case Fault::kGarbageAfter:
      return "garbage after acting";
    case Fault::kTruncatedAfter:
      return "truncated after acting";
    case Fault::kEmptyAfter:
      return "empty after acting";
  }
  return "?";
}
inline const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> all = {
      Fault::kUnreachable,  Fault::kSilentBefore,      Fault::kSilentAfter,
      Fault::kBrokenAfter,  Fault::kUnavailableBefore, Fault::kUnavailableAfter,
      Fault::kGarbageAfter, Fault::kTruncatedAfter,    Fault::kEmptyAfter};
  return all;
}

class SandboxHttp final : public Http {
 public:
  struct Exchange {
    HttpRequest request;
    HttpResponse response;  // What the far side said, whatever became of it; status 0: it saw nothing.
  };

  // All three outlive the door. `now` is read at each request.
  SandboxHttp(Sandbox& sandbox, Books& books, const Instant& now)
      : sandbox_(sandbox), books_(books), now_(now) {}

  std::vector<SandboxAccount> accounts;  // As `florin sandbox` gives them; none: any credentials are good.
  std::string public_url = "http://localhost:8090/sandbox";
  std::vector<Exchange> exchanges;
  std::vector<SandboxWebhook> webhooks;

  // Breaks the nth request from now on, counted from 0, once.
  void break_request(std::size_t nth, Fault fault) { broken_ = exchanges.size() + nth, fault_ = fault; }
  // Breaks every request until mended.
  void break_all(Fault fault) { broken_.reset(), fault_ = fault; }
  void mend() { fault_ = Fault::kNone; }

  Task<Result<HttpResponse>> send(const HttpRequest& request) override { co_return carry(request); }

  // What a browser does on the far side's pages.
  HttpResponse deliver(const HttpRequest& request) {
    const SandboxCall call{request, accounts, public_url, now_};
    SandboxReply reply = sandbox_.handle(call, books_);
    for (SandboxWebhook& webhook : reply.webhooks) webhooks.push_back(std::move(webhook));
    return std::move(reply.response);
  }

 private:
  Result<HttpResponse> carry(const HttpRequest& request) {
    const bool here = !broken_ || *broken_ == exchanges.size();
    const Fault fault = here ? fault_ : Fault::kNone;
    exchanges.push_back({request, {}});
    if (fault == Fault::kUnreachable) return Error{Error::Kind::kUnreachable, "connection refused", "", ""};
    if (fault == Fault::kSilentBefore) return Error{Error::Kind::kTimedOut, "no answer in time", "", ""};
    if (fault == Fault::kUnavailableBefore) return HttpResponse{503, {}, ""};
    HttpResponse response = deliver(request);
    exchanges.back().response = response;
    if (fault == Fault::kSilentAfter) return Error{Error::Kind::kTimedOut, "no answer in time", "", ""};
    if (fault == Fault::kBrokenAfter) return Error{Error::Kind::kBroken, "the connection broke", "", ""};
    if (fault == Fault::kUnavailableAfter) return HttpResponse{503, {}, ""};
    if (fault == Fault::kGarbageAfter) response.body = "<html><body>Bad gateway</body></html>";
    if (fault == Fault::kTruncatedAfter) response.body.resize(response.body.size() / 2);
    if (fault == Fault::kEmptyAfter) response.body.clear();
    return response;
  }

  Sandbox& sandbox_;
  Books& books_;
  const Instant& now_;
  std::optional<std::size_t> broken_;
  Fault fault_ = Fault::kNone;
};

}  // namespace florin::test_support
