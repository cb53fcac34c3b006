// The events' route and schema.
#pragma once

#include <map>
#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/events/event.hpp"

namespace florin {

ApiRoute list_events_route(Store& store);
std::map<std::string, Json> event_schemas();

}  // namespace florin
