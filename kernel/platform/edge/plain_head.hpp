// A quick look at a request that is going to be turned away, without keeping anything of it: a refusal must cost
// next to nothing when ten times too many come. Nothing is ever done on the word of this look: what it finds is
// answered 503 and dropped whole, and whatever is not plain goes the ordinary way, through http_parser.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace florin {

struct PlainHead {
  std::string_view method, path;  // Into the bytes looked at; the path without its query.
  std::size_t size = 0;           // Of the head with its empty line, and of the body behind it.
};

// The head at the front of `bytes` when all of it is there and it is an HTTP/1.1 request to a path, with one
// Content-Length or none, and without fields that change how it is read or answered (Connection, Expect,
// Transfer-Encoding, Upgrade); nothing otherwise.
std::optional<PlainHead> plain_head(std::string_view bytes, std::size_t header_bytes);

}  // namespace florin
