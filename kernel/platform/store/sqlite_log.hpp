// SQLite reads its write-ahead log up to the first frame whose checksum is wrong and drops the rest without a word,
// because a crash leaves such tails. A flipped bit in the middle looks the same to it, and takes confirmed changes
// with it. This looks, before SQLite does, whether what would be dropped was once confirmed.
#pragma once

#include <optional>
#include <string>

namespace florin::store {

// A sentence that says where the log of a database that nobody has open is damaged and what to do about it; nothing
// when it is whole, when only the unconfirmed end of a crash would be dropped, or when there is none.
//
// Known damage: a frame that was committed stands behind the one that is wrong, or the index beside the log
// (`-shm`, which outlives a killed process) counts more committed frames than can be read, or the log's header is wrong
// and its frames are not in the database. Without that index, damage to the very last frame cannot be told from a torn write.
std::optional<std::string> damage_of_log(const std::string& database_file);

}  // namespace florin::store
