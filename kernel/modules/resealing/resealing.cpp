// One column after another, some rows by id at a time.
#include "kernel/modules/resealing/resealing.hpp"

namespace florin {

namespace {

constexpr int kRowsAtOnce = 100;  // A few milliseconds of the writer's time.

struct Pass {
  Resealed done;
  std::string last;  // "" : this was the end.
};

Pass reseal_some(Session& session, const Vault& vault, const SealedColumn& column, const std::string& after) {
  Pass pass;
  const std::vector<SealedText> texts = column.read(session, after, kRowsAtOnce);
  for (const SealedText& text : texts) {
    const Result<std::string> fresh = vault.rotate(text.sealed, text.merchant + "/" + text.id + "/" + column.part);
    if (!fresh) {
      pass.done.broken.push_back(column.what + " of " + text.id + ": " + fresh.error().message);
    } else if (*fresh == text.sealed) {
      ++pass.done.kept;
    } else {
      column.write(session, text, *fresh);
      ++pass.done.anew;
    }
  }
  if (texts.size() == static_cast<std::size_t>(kRowsAtOnce)) pass.last = texts.back().id;
  return pass;
}

}  // namespace

Task<Result<Resealed>> reseal(Store& store, const Vault& vault, std::vector<SealedColumn> columns) {
  Resealed all;
  for (const SealedColumn& column : columns) {
    std::string after;
    do {
      auto unit = [&vault, column, after](Session& session) -> Result<Pass> {
        return reseal_some(session, vault, column, after);
      };
      Task<Result<Pass>> writing = store.write(unit);
      const Result<Pass> pass = co_await writing;
      if (!pass) co_return pass.error();
      all.anew += pass->done.anew;
      all.kept += pass->done.kept;
      all.broken.insert(all.broken.end(), pass->done.broken.begin(), pass->done.broken.end());
      after = pass->last;
    } while (!after.empty());
  }
  co_return all;
}

}  // namespace florin
