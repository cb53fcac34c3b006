// Answers of a provider, mended where they break the contract of <florin/provider.hpp>: what cannot be
// trusted as a yes is in doubt, and an Error is believed only where nothing can have happened.
#pragma once

#include <string>

#include <florin/provider.hpp>

#include "kernel/platform/plugin_host/guard.hpp"

namespace florin::answers {

// `left`: a request may have reached the provider in this operation.
AuthorizeResult checked(Guard& guard, const char* operation, AuthorizeResult answer, bool left);
ModifyResult checked(Guard& guard, const char* operation, ModifyResult answer, bool left);
Result<AuthorizationLookup> checked(Guard& guard, const char* operation, Result<AuthorizationLookup> answer);
Result<ModificationLookup> checked(Guard& guard, const char* operation, Result<ModificationLookup> answer);
Result<std::vector<ProviderEvent>> checked(Guard& guard, const char* operation,
                                           Result<std::vector<ProviderEvent>> answer);

}  // namespace florin::answers
