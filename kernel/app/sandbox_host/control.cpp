// Short answers by method and path; the page is one string.
#include "kernel/app/sandbox_host/control.hpp"

#include <utility>

#include <fmt/format.h>

#include "kernel/app/sandbox_host/books_json.hpp"

namespace florin {
namespace {

EdgeResponse json_response(const Json& json) {
  EdgeResponse response;
  response.headers.emplace("Content-Type", "application/json");
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

EdgeResponse not_found(std::string message) {
  return control_problem(404, Error{Error::Kind::kNotFound, std::move(message), "not_found", ""});
}

EdgeResponse change_faults(SandboxDesk& desk, const EdgeRequest& request) {
  if (request.method == "POST") {
    const Result<Json> json = parse_json(request.body);
    if (!json) return control_problem(400, json.error());
    Result<Fault> fault = read_fault(*json);
    if (!fault) return control_problem(400, fault.error());
    if (!fault->plugin.empty() && desk.shelf(fault->plugin) == nullptr)
      return not_found("there is no sandbox named " + fault->plugin);
    const std::lock_guard lock(desk.faults_mutex);
    desk.faults.add(std::move(*fault));
  } else if (request.method == "DELETE") {
    const std::lock_guard lock(desk.faults_mutex);
    desk.faults.clear();
  }
  Json data = Json::array();
  const std::lock_guard lock(desk.faults_mutex);
  for (const Fault& fault : desk.faults.all()) data.push_back(to_json(fault));
  return json_response({{"object", "list"}, {"data", std::move(data)}});
}

EdgeResponse show_books(const SandboxDesk& desk, std::string_view name) {
  if (!name.empty()) {
    const Shelf* shelf = desk.shelf(name);
    return shelf == nullptr ? not_found(fmt::format("there is no sandbox named {}", name))
                            : json_response(shelf->describe());
  }
  Json all = Json::object();
  for (const auto& shelf : desk.shelves) all[shelf->name()] = shelf->describe();
  return json_response(all);
}

EdgeResponse show_webhooks(const SandboxDesk& desk) {
  const WebhookQueue::Counts counts = desk.webhooks.counts();
  return json_response(
      {{"waiting", counts.waiting}, {"delivered", counts.delivered}, {"given_up", counts.given_up}});
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (c == '&')
      safe += "&amp;";
    else if (c == '"')
      safe += "&quot;";
    else
      safe += c;
  }
  return safe;
}

std::string parameter(const EdgeRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.query)
    if (key == name) return value;
  return "";
}

}  // namespace

Shelf* SandboxDesk::shelf(std::string_view name) const {
  for (const auto& one : shelves)
    if (one->name() == name) return one.get();
  return nullptr;
}

EdgeResponse control_problem(int status, const Error& error) {
  EdgeResponse response = json_response({{"error",
                                          {{"type", "invalid_request_error"},
                                           {"code", error.code},
                                           {"message", error.message},
                                           {"param", error.param}}}});
  response.status = status;
  return response;
}

EdgeResponse answer_control(SandboxDesk& desk, const EdgeRequest& request) {
  const std::string_view path = std::string_view(request.path).substr(std::string_view("/_control").size());
  if (path == "/faults") return change_faults(desk, request);
  if (path == "/webhooks/flush" && request.method == "POST") {
    desk.webhooks.flush();
    return show_webhooks(desk);
  }
  if (request.method == "GET" && path == "/webhooks") return show_webhooks(desk);
  if (request.method == "GET" && path == "/requests")
    return json_response(desk.requests.describe(parameter(request, "plugin")));
  if (request.method == "GET" && path == "/books") return show_books(desk, "");
  if (request.method == "GET" && path.starts_with("/books/")) return show_books(desk, path.substr(7));
  return not_found("see / for what there is under /_control");
}

EdgeResponse answer_page(const SandboxDesk& desk) {
  std::string rows;
  for (const auto& shelf : desk.shelves) {
    const Json books = shelf->describe();
    rows += fmt::format(
        "<tr><td>/{0}/</td><td>{1}</td><td><a href=\"/_control/books/{0}\">{2} entries</a></td></tr>\n",
        escaped(shelf->name()), shelf->requests(), books["entries"].size());
  }
  std::string received;
  const Json requests = desk.requests.describe("");
  const Json& data = requests["data"];
  for (std::size_t i = data.size(); i > 0 && data.size() - i < 50; --i) {
    const Json& line = data[i - 1];
    received += fmt::format("<tr><td>{}</td><td>{}</td><td>{} {}</td><td>{}</td><td>{}</td></tr>\n",
                            escaped(text_at(line, "at")), escaped(text_at(line, "plugin")),
                            escaped(text_at(line, "method")), escaped(text_at(line, "path")),
                            integer_at(line, "status").value_or(0), escaped(text_at(line, "fault")));
  }
  EdgeResponse response;
  response.headers.emplace("Content-Type", "text/html; charset=utf-8");
  response.headers.emplace("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.body = fmt::format(
      "<!doctype html><html lang=\"en\"><title>Florin sandboxes</title>\n"
      "<style>body{{font:15px sans-serif;margin:2em}}td,th{{text-align:left;padding:.2em 1em .2em "
      "0}}</style>\n"
      "<h1>Florin "
      "sandboxes</h1>\n<table><tr><th>Sandbox</th><th>Requests</th><th>Books</th></tr>\n{}</table>\n"
      "<p><a href=\"/_control/faults\">Faults</a> · <a href=\"/_control/requests\">Requests</a> · "
      "<a href=\"/_control/webhooks\">Webhooks</a></p>\n<h2>Received, newest first</h2>\n"
      "<table><tr><th>At</th><th>Sandbox</th><th>Request</th><th>Status</th><th>Fault</th></tr>\n{}</table></"
      "html>\n",
      rows, received);
  return response;
}

}  // namespace florin
