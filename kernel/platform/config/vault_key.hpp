// The key over what is encrypted at rest, when test mode was given none: made once, kept beside the
// database. Live mode never comes here without a key; checking the configuration sees to that.
#pragma once

#include <memory>

#include <florin/result.hpp>

#include "kernel/platform/config/config.hpp"
#include "kernel/platform/random/random.hpp"

namespace florin {

// The same configuration when it has a key; else a copy with that of the file vault.key (0600), which is
// made durably when it is not there. The file stands in the SQLite file's folder, or in var/ when the
// store is PostgreSQL. Errors: kUnavailable (cannot be read or written), kInvalid (holds no key, or is
// open to others), kDenied (live mode).
Result<std::shared_ptr<const AppConfig>> ensure_vault_key(std::shared_ptr<const AppConfig> config,
                                                          Random& random);

}  // namespace florin
