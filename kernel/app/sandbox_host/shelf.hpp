// One sandbox on the host: its books, guarded so that it sees one request at a time, and what it received.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/sandbox.hpp>

namespace florin {

// A sandbox and the accounts that Florin's configuration has with it.
struct HostedSandbox {
  std::string name;  // The plugin's: the first part of its paths.
  std::shared_ptr<Sandbox> sandbox;
  std::vector<SandboxAccount> accounts;
};

class Shelf {
 public:
  explicit Shelf(HostedSandbox hosted) : hosted_(std::move(hosted)) {}
  const std::string& name() const { return hosted_.name; }

  // What the sandbox throws becomes a 500.
  SandboxReply handle(const HttpRequest& request, const std::string& public_url, Instant now);
  Json describe() const;  // describe_books()
  Json save() const;      // save_books()
  void restore(Books books);
  std::int64_t requests() const { return requests_; }

 private:
  const HostedSandbox hosted_;
  mutable std::mutex mutex_;
  Books books_;
  std::atomic<std::int64_t> requests_{0};
};

}  // namespace florin
