// What an operator does with keys through the daemon: merchants' API keys, and the vault's own.
#pragma once

#include <set>
#include <string>

#include <florin/json.hpp>
#include <florin/result.hpp>

#include "kernel/modules/merchants/api_keys.hpp"
#include "kernel/modules/merchants/directory.hpp"
#include "kernel/platform/crypto/vault.hpp"

namespace florin {

// {"merchant", "kind", "scopes"?, "days"?}: {"id", "key"}, the one time that the key is shown. `known` holds what
// routes ask for; a scope that none asks for is a mistake. Errors: kInvalid, kNotFound.
Result<Json> create_api_key(ApiKeys& keys, const MerchantDirectory& merchants, const std::set<std::string>& known,
                            Instant now, const Json& arguments);
// {"merchant", "id", "overlap_hours"}: {"id", "key"}.
Result<Json> rotate_api_key(ApiKeys& keys, const Json& arguments);
Result<Json> revoke_api_key(ApiKeys& keys, const Json& arguments);
// {"anew", "kept", "broken": [sentence]}
Result<Json> rotate_vault(Store& store, const Vault& vault);

}  // namespace florin
