// The routing decision: the merchant's policy orders its provider accounts, the kernel drops those that
// cannot carry this payment, and the record says of each why it was kept or dropped.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <florin/json.hpp>
#include <florin/plugin.hpp>
#include <florin/result.hpp>

#include "kernel/modules/merchants/directory.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

// What an account must be able to do to carry a payment.
struct RoutingQuestion {
  Money amount;
  std::string method_type;
  std::optional<CardInput> card_input;  // For cards.
  std::string country;                  // The payer's; "" when unknown.
  bool manual_capture = false;
  PolicyArgument payment;  // As policies see it (scripts/README.md).
};

struct RoutingDecision {
  std::vector<std::string> routes;  // Account names, first choice first.
  std::string reason;
  std::string record = "{}";  // {"routes","reason","policy":{...},"accounts":[{"name","provider","kept","why"}]}
};

struct RoutingAnswer {
  std::vector<std::string> routes;
  std::string reason;
};
// What a policy returned, or why it is no answer.
Result<RoutingAnswer> read_routing_answer(const Json& value);

// How an account's authorizations came out lately: of the last hundred.
class AccountRecord {
 public:
  void add(const std::string& account_key, bool approved);
  struct Recent {
    std::int64_t count = 0, approved = 0;
  };
  Recent recent(const std::string& account_key) const;

 private:
  struct Ring {
    std::vector<bool> last;
    std::size_t next = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Ring> rings_;
};

// Why an account cannot carry it; nothing when it can. Circuit state is looked at apart.
std::optional<std::string> lacks(const ProviderAccount& account, const RoutingQuestion& question);

class Routing {
 public:
  Routing(const HttpClient& http, AccountRecord& record) : http_(http), record_(record) {}
  RoutingDecision decide(const Merchant& merchant, const RoutingQuestion& question) const;

 private:
  void describe(PolicyWriter& writer, const Merchant& merchant) const;
  const HttpClient& http_;
  AccountRecord& record_;
};

}  // namespace florin
