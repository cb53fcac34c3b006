// What a look-up's answer means for the operation that was in doubt (law 3), in one place for the request
// that waits, the payer's return and recovery.
#pragma once

#include <optional>
#include <string>

#include <florin/provider.hpp>

namespace florin {

// As the operation itself would have answered. Nothing: it is in doubt still. An Error: the provider holds
// nothing of it; `none` is how that is said, after "no answer came, and ".
std::optional<AuthorizeResult> known_outcome(AuthorizationLookup found, const std::string& none);
std::optional<ModifyResult> known_outcome(ModificationLookup found, const std::string& none);

// How it is said of an authorization and of a capture, void or refund.
inline constexpr char kHoldsNothing[] = "the provider proves to hold nothing";
inline constexpr char kNotDone[] = "the provider proves not to have done it: ask again";

}  // namespace florin
