// One rule, for the daemon and for the far sides that call it.
#include "kernel/platform/config/base_url.hpp"

#include <fmt/format.h>

namespace florin {

std::string base_url_of(const AppConfig::Server& server, std::int64_t port) {
  if (!server.public_url.empty()) return server.public_url;
  return fmt::format("{}://localhost:{}", server.certificate_file.empty() ? "http" : "https", port);
}

}  // namespace florin
