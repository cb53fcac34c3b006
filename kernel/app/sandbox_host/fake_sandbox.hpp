// A far side small enough to read: POST /v1/charges books a charge and sends a webhook, anything else is
// its own 404.
#pragma once

#include <stdexcept>

#include <florin/sandbox.hpp>

namespace florin::test {

class FakeSandbox final : public Sandbox {
 public:
  SandboxReply handle(const SandboxCall& call, Books& books) override {
    SandboxReply reply;
    if (call.request.path == "/v1/throw") throw std::runtime_error("a bug in the far side");
    if (call.request.path != "/v1/charges?expand=1") {
      reply.response.status = 404;
      reply.response.body = call.request.path;
      return reply;
    }
    const std::string id = books.next("ch");
    const std::string account = call.accounts.empty() ? "anyone" : call.accounts[0].name;
    const Money amount(1200, Currency::of("EUR"));
    books.enter({BookEntry::Kind::kAuthorized, account, id, "", "key_1", "att_1", amount, call.now});
    books.enter({BookEntry::Kind::kCaptured, account, id, "", "key_1", "att_1", amount, call.now});
    books.state()["last"] = id;
    reply.response.status = 201;
    reply.response.headers["Content-Type"] = "application/json";
    reply.response.body = to_text(Json{{"id", id}, {"page", call.public_url + "/pay"}});
    if (!call.accounts.empty())
      reply.webhooks.push_back({call.accounts[0].webhook_url, {{"X-Signature", "s"}}, id, {}});
    return reply;
  }
};

}  // namespace florin::test
