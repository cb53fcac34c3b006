// The api_keys and api_key_changes tables, and the only file that spells their columns.
#include "kernel/modules/merchants/api_key_table.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace florin::api_key_table {

namespace {

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<std::string> split(const std::string& words) {
  std::vector<std::string> list;
  std::size_t begin = 0;
  while (begin < words.size()) {
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    if (end > begin) list.push_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

KeyKind kind_from(const std::string& text) {
  if (text == "publishable") return KeyKind::kPublishable;
  if (text == "admin") return KeyKind::kAdmin;
  return KeyKind::kSecret;
}

using KeyRow = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string, std::int64_t,
                          std::int64_t, std::optional<std::int64_t>, std::optional<std::int64_t>>;

Entry from_row(const KeyRow& row) {
  const auto& [id, merchant, kind, digest, hint, scopes, livemode, created, expires, revoked] = row;
  ApiKey key;
  key.id = id;
  key.merchant = merchant;
  key.kind = kind_from(kind);
  key.hint = hint;
  key.scopes = split(scopes);
  key.livemode = livemode != 0;
  key.created = from_micros(created);
  if (expires) key.expires = from_micros(*expires);
  if (revoked) key.revoked = from_micros(*revoked);
  return {digest, key};
}

void count_change(Session& session) { session.execute("update api_key_changes set version = version + 1 where id = 1"); }

}  // namespace

std::int64_t version(Session& session) {
  const auto row = session.one<std::tuple<std::int64_t>>("select version from api_key_changes where id = 1");
  return row ? std::get<0>(*row) : 0;
}

std::vector<Entry> all(Session& session, const std::string& merchant) {
  std::vector<Entry> entries;
  for (const KeyRow& row : session.all<KeyRow>(
           "select id, merchant, kind, digest, hint, scopes, livemode, created, expires, revoked from api_keys "
           "where (:all_of = '' or merchant = :merchant) order by created, id",
           merchant, merchant))
    entries.push_back(from_row(row));
  return entries;
}

std::optional<Entry> find(Session& session, const std::string& digest) {
  const auto row = session.one<KeyRow>(
      "select id, merchant, kind, digest, hint, scopes, livemode, created, expires, revoked from api_keys "
      "where digest = :digest",
      digest);
  if (!row) return std::nullopt;
  return from_row(*row);
}

Result<Entry> find(Session& session, const std::string& merchant, const std::string& id) {
  const auto row = session.one<KeyRow>(
      "select id, merchant, kind, digest, hint, scopes, livemode, created, expires, revoked from api_keys "
      "where merchant = :merchant and id = :id",
      merchant, id);
  if (!row) return Error{Error::Kind::kNotFound, "no such API key: " + id, "", "id"};
  return from_row(*row);
}

void insert(Session& session, const Entry& entry) {
  const auto& [digest, key] = entry;
  std::optional<std::int64_t> until;
  if (key.expires) until = micros(*key.expires);
  session.execute(
      "insert into api_keys (id, merchant, kind, digest, hint, scopes, livemode, created, expires) "
      "values (:id, :merchant, :kind, :digest, :hint, :scopes, :livemode, :created, :expires)",
      key.id, key.merchant, to_text(key.kind), digest, key.hint, joined(key.scopes), key.livemode, micros(key.created), until);
  count_change(session);
}

void expire(Session& session, const std::string& merchant, const std::string& id, Instant ends) {
  session.execute(
      "update api_keys set expires = :ends where merchant = :merchant and id = :id and (expires is null or expires > :limit)",
      micros(ends), merchant, id, micros(ends));
  count_change(session);
}

void revoke(Session& session, const std::string& merchant, const std::string& id, Instant now) {
  session.execute("update api_keys set revoked = :now where merchant = :merchant and id = :id and revoked is null", micros(now),
                  merchant, id);
  count_change(session);
}

}  // namespace florin::api_key_table
