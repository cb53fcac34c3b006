// Grants: a merchant's secret key for its own topic, an operators' key for /ws/admin, a payment's client
// secret for that payment alone. Whoever may not see a thing is told that there is no such thing.
#include "kernel/app/live_backend.hpp"

#include "kernel/modules/payments/repository.hpp"

namespace florin {

namespace {
// "/ws/merchant/lisbon-books" to its last segment, when it begins as said.
std::optional<std::string> after(const std::string& path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size());
}
}  // namespace

Task<Result<LiveGrant>> AppLiveBackend::authenticate(std::string path, std::string token) {
  const Error no{Error::Kind::kDenied, "this token does not open this topic", "invalid_token", ""};
  if (const auto payment_id = after(path, "/ws/payments/")) {
    Task<Result<LiveGrant>> opening = open_payment(*payment_id, token);
    Result<LiveGrant> grant = co_await opening;
    co_return grant;
  }
  Task<Result<Caller>> asking = keys_.look_up(token);
  const Result<Caller> caller = co_await asking;
  if (!caller) co_return caller.error();
  LiveGrant grant;
  grant.key_id = caller->key_id;
  if (const auto merchant = after(path, "/ws/merchant/")) {
    const bool own = caller->kind == KeyKind::kSecret && caller->merchant == *merchant && caller->may("events:read");
    if (!own) co_return no;
    grant.of = LiveGrant::Of::kMerchant;
    grant.merchant = *merchant;
    co_return grant;
  }
  if (const auto scope = after(path, "/ws/admin/")) {
    if (caller->kind != KeyKind::kAdmin) co_return no;
    grant.of = LiveGrant::Of::kAdmin;
    // "all" is every merchant; anything else is one.
    if (*scope != "all") grant.merchant = *scope;
    co_return grant;
  }
  co_return no;
}

Task<Result<LiveGrant>> AppLiveBackend::open_payment(std::string payment_id, std::string token) {
  LiveGrant grant;
  grant.of = LiveGrant::Of::kPayment;
  grant.payment_id = payment_id;
  const Error no{Error::Kind::kDenied, "this token does not open this topic", "invalid_token", ""};
  // The client secret, or the secret key of the merchant whose payment it is.
  Task<Result<Caller>> asking = keys_.look_up(token);
  const Result<Caller> caller = co_await asking;
  const bool by_key = caller && caller->kind == KeyKind::kSecret && caller->may("payments:read");
  if (!by_key && !payments_.opens(token, payment_id)) co_return no;
  auto query = [payment_id](Session& session) -> Result<std::string> {
    const auto merchant = merchant_of_payment(session, payment_id);
    if (!merchant) return Error{Error::Kind::kDenied, "this token does not open this topic", "invalid_token", ""};
    return *merchant;
  };
  Task<Result<std::string>> reading = store_.read(query);
  const Result<std::string> merchant = co_await reading;
  if (!merchant) co_return merchant.error();
  if (by_key && caller->merchant != *merchant) co_return no;
  grant.merchant = *merchant;
  if (by_key) grant.key_id = caller->key_id;
  co_return grant;
}

Task<Result<std::vector<StagedEvent>>> AppLiveBackend::replay(LiveGrant grant, std::int64_t since, int limit) {
  EventQuery wanted;
  wanted.after = since;
  wanted.limit = limit;
  if (grant.of == LiveGrant::Of::kPayment) wanted.payment_id = grant.payment_id;
  const bool by_position = grant.of == LiveGrant::Of::kAdmin;
  auto query = [grant, wanted, by_position](Session& session) -> Result<std::vector<StagedEvent>> {
    if (!by_position) return events_after(session, grant.merchant, wanted);
    // Operators count positions, also when they look at one merchant alone.
    if (grant.merchant.empty()) return events_after(session, "", wanted);
    return events_of_merchant_by_position(session, grant.merchant, wanted.after, wanted.limit);
  };
  Task<Result<std::vector<StagedEvent>>> reading = store_.read(query);
  Result<std::vector<StagedEvent>> events = co_await reading;
  co_return events;
}

}  // namespace florin
