// The daemon's control socket: a unix socket that only its owner can open (0600), over which `florin`
// commands that change state are carried out by the daemon itself. One JSON line asks, one answers.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <florin/json.hpp>
#include <florin/result.hpp>

namespace florin {

class ControlSocket {
 public:
  using Handler = std::function<Result<Json>(const std::string& command, const Json& arguments)>;
  // Null, with a warning in the log, when the socket cannot be made: payments go on without it.
  static std::unique_ptr<ControlSocket> open(const std::string& path, Handler handler);
  virtual ~ControlSocket() = default;
};

// The other end, for the CLI. Errors: kUnavailable (no daemon listens there), or the command's own.
Result<Json> control_daemon(const std::string& path, const std::string& command, const Json& arguments);

}  // namespace florin
