// GET /api/v1/events?after=: a merchant's events in their order, for those who poll.
#include <charconv>

#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/events/routes/routes.hpp"

namespace florin {

namespace {

Task<ApiAnswer> list_events(const ApiRequest& request, Store& store) {
  const Result<Page> page = read_page(request);
  if (!page) co_return problem(page.error());
  EventQuery query;
  query.limit = page->limit + 1;
  query.type = request.query_value("type").value_or("");
  query.payment_id = request.query_value("payment").value_or("");
  if (const auto after = request.query_value("after")) {
    const auto [end, failed] = std::from_chars(after->data(), after->data() + after->size(), query.after);
    if (failed != std::errc() || end != after->data() + after->size() || query.after < 0)
      co_return problem(Error{Error::Kind::kInvalid, "after is the seq of an event", "invalid_parameter", "after"});
  }
  const std::string merchant = request.caller.merchant;
  auto read = [merchant, query](Session& session) -> Result<std::vector<StagedEvent>> {
    return events_after(session, merchant, query);
  };
  Task<Result<std::vector<StagedEvent>>> reading = store.read(read);
  Result<std::vector<StagedEvent>> events = co_await reading;
  if (!events) co_return problem(events.error());
  const bool more = events->size() > static_cast<std::size_t>(page->limit);
  if (more) events->pop_back();
  std::vector<Json> data;
  for (const StagedEvent& event : *events) data.push_back(render_event(event));
  co_return json_answer(200, list_body(std::move(data), more, "/api/v1/events"));
}

}  // namespace

ApiRoute list_events_route(Store& store) {
  using namespace schema;
  ApiRoute route;
  route.method = "GET";
  route.pattern = "/api/v1/events";
  route.operation_id = "listEvents";
  route.summary = "List events, oldest first";
  route.tag = "Events";
  route.scope = "events:read";
  route.query_parameters = Json::array(
      {parameter("after", integer(), "The seq of the last event seen: what came after it."),
       parameter("limit", Json{{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 10}}, "How many at most."),
       parameter("type", text(), "Only this type; payment.* for all of a kind."),
       parameter("payment", text(), "Only events of this payment.")});
  route.response_schemas = {{200, page(ref("Event"))}};
  route.handler = [&store](const ApiRequest& request) { return list_events(request, store); };
  return route;
}

std::map<std::string, Json> event_schemas() {
  using namespace schema;
  return {{"Event", object({{"id", text("evt_...")},
                            {"object", Json{{"const", "event"}}},
                            {"type", text("resource.action")},
                            {"created", integer()},
                            {"seq", integer("Of this merchant, without gaps, from 1.")},
                            {"data", object({{"object", Json{{"type", "object"}}}, {"previous_attributes", Json{{"type", "object"}}}},
                                            {"object", "previous_attributes"})}},
                           {"id", "object", "type", "created", "seq", "data"})}};
}

}  // namespace florin
