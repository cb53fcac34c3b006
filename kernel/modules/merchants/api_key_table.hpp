// The api_keys table in rows: keys by the digests of their texts. Every change counts up the table's version, in its
// own transaction, so that who has seen a version has seen every change before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/modules/merchants/api_keys.hpp"

namespace florin::api_key_table {

using Entry = std::pair<std::string, ApiKey>;  // The digest, the key.

std::int64_t version(Session& session);
// Oldest first; of everybody with "".
std::vector<Entry> all(Session& session, const std::string& merchant);
std::optional<Entry> find(Session& session, const std::string& digest);
// kNotFound.
Result<Entry> find(Session& session, const std::string& merchant, const std::string& id);

void insert(Session& session, const Entry& entry);
// Unless it ends before by itself.
void expire(Session& session, const std::string& merchant, const std::string& id, Instant ends);
// The first time counts.
void revoke(Session& session, const std::string& merchant, const std::string& id, Instant now);

}  // namespace florin::api_key_table
