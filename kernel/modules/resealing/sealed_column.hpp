// A column of texts that the vault sealed, as the module that owns its table describes it: what changing the
// vault's key has to go through.
#pragma once

#include <string>
#include <vector>

#include "kernel/platform/store/store.hpp"

namespace florin {

struct SealedText {
  std::string id, merchant, sealed;
};

struct SealedColumn {
  std::string what;  // "webhook secrets"
  std::string part;  // The last part of its place: "merchant/id/part".
  // Of all merchants, those after this id in the order of ids; texts that are not there ("") are left out.
  std::vector<SealedText> (*read)(Session& session, const std::string& after, int limit);
  // Writes `fresh` where `was` still stands.
  void (*write)(Session& session, const SealedText& was, const std::string& fresh);
};

}  // namespace florin
