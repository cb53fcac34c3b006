// What the live hub asks of the floors above it: who may see what, and the events since a point.
#pragma once

#include "kernel/modules/events/event.hpp"
#include "kernel/modules/merchants/api_keys.hpp"
#include "kernel/modules/payments/service.hpp"
#include "kernel/platform/live/live.hpp"

namespace florin {

class AppLiveBackend final : public LiveBackend {
 public:
  AppLiveBackend(Store& store, ApiKeys& keys, const PaymentService& payments)
      : store_(store), keys_(keys), payments_(payments) {}
  Task<Result<LiveGrant>> authenticate(std::string path, std::string token) override;
  Task<Result<std::vector<StagedEvent>>> replay(LiveGrant grant, std::int64_t since, int limit) override;
  std::string render(const StagedEvent& event) override { return render_event_text(event); }

 private:
  Task<Result<LiveGrant>> open_payment(std::string payment_id, std::string token);
  Store& store_;
  ApiKeys& keys_;
  const PaymentService& payments_;
};

}  // namespace florin
