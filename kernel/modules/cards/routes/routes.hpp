// The card tokens' route, and the schemas of a card that other modules' routes share.
#pragma once

#include <map>
#include <string>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/cards/tokens.hpp"

namespace florin {

ApiRoute create_token_route(CardTokens& tokens, const Vault& vault, Store& store, Clock& clock);

Json card_request_schema();
std::map<std::string, Json> card_schemas();  // OpenAPI components: CardFace

}  // namespace florin
