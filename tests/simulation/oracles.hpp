// What must hold, whatever happens (../shared/DRILLS.md): I1 to I7 and I10. Told of everything that the world
// sees of Florin (far sides' books, answers, deliveries, commits), it compares that with the database at every
// commit, and with the books when all is quiet. It knows Florin's tables, but asks none of its code for a verdict.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <florin/http.hpp>
#include <florin/json.hpp>
#include <florin/sandbox.hpp>

#include "kernel/platform/edge/edge.hpp"
#include "tests/simulation/store.hpp"

namespace florin::simulation {

// What a merchant wanted and what it was told, as it would stand in its own database.
struct Order {
  std::string merchant, tag;  // The tag is in the payment's metadata: no two orders share one.
  std::int64_t amount = 0;
  std::string currency;
  std::string payment;  // Its id, once an answer told it.
  std::string status;   // The last that an answer told.
  std::int64_t captured = 0, refunded = 0;  // Acknowledged, in minor units.
};

// Where a merchant hears of events.
inline std::string shop_url(const std::string& merchant) { return "http://shop.sim/" + merchant; }

bool may_become(const std::string& told, const std::string& is);

class Oracles {
 public:
  Oracles(Timeline& timeline, Disk& disk) : timeline_(timeline), disk_(disk) {}

  // ---- While it runs ----
  void durable();                                                 // A group was committed.
  void booked(const std::string& plugin, const BookEntry& entry);  // Money moved at a far side.
  void tried(const std::string& url, const HttpRequest& delivery);  // A webhook left for a shop,
  void heard(const std::string& url, const HttpRequest& delivery);  // ... and was taken by it.
  // An answer left the daemon. `key` is the merchant's Idempotency-Key.
  void answered(const std::string& merchant, const std::string& operation, const std::string& key, const EdgeResponse& answer);
  void told(const Order& order) { orders_[order.merchant + "/" + order.tag] = order; }  // A merchant read an answer.
  void violated(const std::string& what);

  // ---- At the end, when the faults are over ----
  // What is still under way: attempts open, payments processing, deliveries waiting, in words; "" : nothing.
  std::string unsettled();
  void compare();

  const std::vector<std::string>& violations() const { return violations_; }
  bool failed() const { return !violations_.empty(); }

 private:
  void compare_orders();
  void compare_books();
  void compare_events();
  void says(const Json& payment);
  std::string payment_of(const std::string& plugin, const BookEntry& entry);

  Timeline& timeline_;
  Disk& disk_;
  std::map<std::string, Order> orders_;
  std::map<std::string, std::string> answers_;             // First bytes under a key.
  std::map<std::string, std::string> payments_by_place_;   // "plugin/reference" to payment.
  std::map<std::string, std::set<std::string>> charged_;   // Payment to the places that hold or took its money.
  std::map<std::string, std::int64_t> taken_, given_back_;  // By place, in minor units.
  std::map<std::string, std::int64_t> authorized_;
  std::map<std::string, std::int64_t> last_tried_;         // "url payment" to the highest seq that was first tried.
  std::set<std::string> tried_, heard_;  // "url event"
  std::vector<std::string> violations_;
};

}  // namespace florin::simulation
