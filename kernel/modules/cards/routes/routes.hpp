// The card tokens' route.
#pragma once

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/cards/tokens.hpp"

namespace florin {

ApiRoute create_token_route(CardTokens& tokens, const Vault& vault, Store& store, Clock& clock);

}  // namespace florin
