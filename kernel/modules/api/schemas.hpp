// Small pieces of JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it) from which routes describe what
// they take and answer.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <florin/json.hpp>

namespace florin::schema {

Json text(std::string_view description = "", int length_max = 0);
Json integer(std::string_view description = "");
Json boolean(std::string_view description = "");
Json one_of(std::initializer_list<std::string_view> values, std::string_view description = "");
Json metadata();
Json nullable(Json schema);
Json list(Json items);
Json ref(std::string_view component);  // {"$ref": "#/components/schemas/Payment"}
// `required` names those that are always there; nothing else may be.
Json object(std::initializer_list<std::pair<std::string_view, Json>> properties,
            std::initializer_list<std::string_view> required, std::string_view description = "");
// {"object":"list","data":[...],"has_more","url"}
Json page(Json items);
// A query parameter, as OpenAPI has it.
Json parameter(std::string_view name, Json schema, std::string_view description);
// limit, starting_after, ending_before
Json paging();

}  // namespace florin::schema
