// Sandboxes answer at once; it is the network that takes its time.
#include "tests/simulation/far_sides.hpp"

#include "kernel/app/sandbox_host/run_sandbox_host.hpp"

namespace florin::simulation {

using namespace std::chrono_literals;

FarSides::FarSides(Timeline& timeline, Weather& weather, Oracles& oracles, PluginHost& plugins, const AppConfig& config)
    : timeline_(timeline), weather_(weather), oracles_(oracles) {
  for (const std::string& name : plugins.names(PluginKind::kSandbox)) {
    auto sandbox = plugins.make_sandbox(name);
    if (sandbox) far_[name] = {*sandbox, sandbox_accounts(config, name, kFlorinUrl)};
  }
}

SandboxReply FarSides::arrive(const std::string& url, const HttpRequest& request) {
  if (!url.starts_with(kSandboxUrl + "/")) return receive(url, request);
  const std::size_t begin = kSandboxUrl.size() + 1;
  return ask(url.substr(begin, url.find('/', begin) - begin), request);
}

SandboxReply FarSides::ask(const std::string& plugin, const HttpRequest& request) {
  const auto far = far_.find(plugin);
  FLORIN_CHECK(far != far_.end(), "the simulation's merchants use providers that have a sandbox");
  Books& books = books_[plugin];
  const std::size_t before = books.entries().size();
  const Instant now = SimClock::instant(timeline_);
  const SandboxCall call{request, far->second.accounts, kSandboxUrl + "/" + plugin, now};
  SandboxReply reply = far->second.sandbox->handle(call, books);
  timeline_.note("far side", plugin + " " + request.method + " " + request.path + " " + std::to_string(reply.response.status));
  for (std::size_t i = before; i < books.entries().size(); ++i) oracles_.booked(plugin, books.entries()[i]);
  for (SandboxWebhook& webhook : reply.webhooks) on_webhook(std::move(webhook));
  return reply;
}

SandboxReply FarSides::receive(const std::string& url, const HttpRequest& request) {
  SandboxReply reply;
  const bool fails = weather_.receiver_fails();
  reply.response.status = fails ? 500 : 204;
  timeline_.note("shop hears", url + " " + std::to_string(reply.response.status));
  if (!fails) oracles_.heard(url, request);
  return reply;
}

void FarSides::depart(const std::string& url, const HttpRequest& request) {
  if (!url.starts_with(kSandboxUrl + "/")) oracles_.tried(url, request);
}

HttpResponse FarSides::visit(const std::string& url, const std::string& outcome) {
  const std::size_t begin = kSandboxUrl.size() + 1, end = url.find('/', begin);
  HttpRequest request;
  request.method = "POST";
  request.path = url.substr(end);
  request.headers["Content-Type"] = "application/x-www-form-urlencoded";
  request.body = "outcome=" + outcome;
  return ask(url.substr(begin, end - begin), request).response;
}

}  // namespace florin::simulation
