// News to people: for each event that a merchant's notifier wants, a durable job for each of its
// recipients (those in YAML, and devices that registered), carried by the notifier's plugin.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <florin/mail.hpp>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/events/follower.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/modules/resealing/sealed_column.hpp"
#include "kernel/platform/crypto/vault.hpp"
#include "kernel/platform/http_client/http_client.hpp"

namespace florin {

class Notifications {
 public:
  struct Doors {
    Store& store;
    Executor& executor;
    Clock& clock;
    Random& random;
    Jobs& jobs;
    const Vault& vault;
    HttpClient& http;
    Mail& mail;
  };
  Notifications(Doors doors, MerchantDirectory& merchants);

  void add_job_kinds();
  void start() { follower_.start(); }
  void wake() { follower_.wake(); }

  // ---- For routes: an app registers the device it runs on ----
  Task<ApiAnswer> register_device(const ApiRequest& request);
  Task<ApiAnswer> remove_device(const ApiRequest& request);

 private:
  bool anybody_listens() const;
  void take(Session& session, const std::vector<OutboxHead>& heads);
  Task<Result<JobOutcome>> notify(Job job);
  Task<Result<Done>> forget(std::string merchant, std::string device_id);

  Doors doors_;
  MerchantDirectory& merchants_;
  OutboxFollower follower_;
};

SealedColumn sealed_device_tokens();

// What a person reads of an event; `object` is the event's.
struct Wording {
  std::string title, body;
};
Wording word_event(const std::string& type, const Json& object, const std::string& merchant_name);

std::vector<ApiRoute> notification_routes(Notifications& notifications);
std::map<std::string, Json> notification_schemas();

}  // namespace florin
