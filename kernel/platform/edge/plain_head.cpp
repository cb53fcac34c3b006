// One pass over the head's lines. In doubt the request is not plain.
#include "kernel/platform/edge/plain_head.hpp"

#include <charconv>

#include "kernel/platform/edge/http_head.hpp"

namespace florin {
namespace {

constexpr std::string_view kVersion = " HTTP/1.1";

std::string_view take_line(std::string_view& left) {
  const std::string_view line = left.substr(0, left.find("\r\n"));
  left.remove_prefix(line.size() + 2);
  return line;
}

bool read_request_line(std::string_view line, PlainHead& head) {
  if (!line.ends_with(kVersion)) return false;
  line.remove_suffix(kVersion.size());
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return false;
  const std::string_view target = line.substr(space + 1);
  if (!target.starts_with('/') || target.find(' ') != std::string_view::npos) return false;
  head.method = line.substr(0, space);
  head.path = target.substr(0, target.find('?'));
  return true;
}

bool changes_the_reading(std::string_view name) {
  switch (name.size()) {
    case 6:
      return same_token(name, "Expect");
    case 7:
      return same_token(name, "Upgrade");
    case 10:
      return same_token(name, "Connection");
    case 17:
      return same_token(name, "Transfer-Encoding");
    default:
      return false;
  }
}

// " 123": digits and nothing else.
std::optional<std::size_t> read_length(std::string_view value) {
  if (value.starts_with(' ')) value.remove_prefix(1);
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return length;
}

}  // namespace

std::optional<PlainHead> plain_head(std::string_view bytes, std::size_t header_bytes) {
  const HeadScan scan = HeadScanner().look(bytes, header_bytes);
  if (scan.fault || scan.length == 0) return std::nullopt;
  std::string_view left = bytes.substr(0, scan.length);
  PlainHead head;
  if (!read_request_line(take_line(left), head)) return std::nullopt;
  std::optional<std::size_t> body;
  for (std::string_view line = take_line(left); !line.empty(); line = take_line(left)) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    const std::string_view name = line.substr(0, colon);
    if (changes_the_reading(name)) return std::nullopt;
    if (name.size() != 14 || !same_token(name, "Content-Length")) continue;
    if (body) return std::nullopt;
    body = read_length(line.substr(colon + 1));
    if (!body) return std::nullopt;
  }
  head.size = scan.length + body.value_or(0);
  return head;
}

}  // namespace florin
