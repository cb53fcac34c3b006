// The second half of changing the vault's key: what is at rest under an old key is sealed anew under the
// current one, so that the old one can go.
#pragma once

#include <cstdint>
#include <vector>

#include <florin/result.hpp>
#include <florin/task.hpp>

#include "kernel/modules/resealing/sealed_column.hpp"
#include "kernel/platform/crypto/vault.hpp"

namespace florin {

struct Resealed {
  std::int64_t anew = 0, kept = 0;  // Kept: under the current key already.
  std::vector<std::string> broken;  // A sentence for each text that does not open; it stays as it is.
};

// Beside all other work, some rows a commit; ended half-way it has done no harm and can be asked again.
Task<Result<Resealed>> reseal(Store& store, const Vault& vault, std::vector<SealedColumn> columns);

}  // namespace florin
