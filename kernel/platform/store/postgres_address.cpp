// Reading and completing PostgreSQL urls, with libpq's own parser.
#include "kernel/platform/store/postgres_address.hpp"

#include <map>
#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "kernel/platform/store/fault.hpp"

namespace florin::store {

namespace {

std::map<std::string, std::string> parse(const std::string& url) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(url.c_str(), &problem), &PQconninfoFree);
  if (!options) {
    PQfreemem(problem);  // It quotes the url, and the url may hold a password.
    throw EngineFault(EngineFault::Kind::kBroken,
                      "store.url is no valid PostgreSQL address (postgresql://user@host:port/database)");
  }
  std::map<std::string, std::string> words;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) words[option->keyword] = option->val;
  return words;
}

std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::string connection_words(const std::string& url) {
  std::map<std::string, std::string> words = parse(url);
  words.try_emplace("application_name", "florin");
  words.try_emplace("connect_timeout", "5");
  words.try_emplace("keepalives_idle", "10");
  words.try_emplace("keepalives_interval", "5");
  words.try_emplace("keepalives_count", "3");
  words.try_emplace("tcp_user_timeout", "15000");
  std::string text;
  for (const auto& [word, value] : words) text += fmt::format("{}={} ", word, quoted(value));
  return text;
}

std::string shown_address(const std::string& url) {
  std::map<std::string, std::string> words = parse(url);
  return fmt::format("PostgreSQL at {}, database {}",
                     words.count("host") ? words["host"] : "the local socket",
                     words.count("dbname") ? words["dbname"] : "of the user's name");
}

}  // namespace florin::store
