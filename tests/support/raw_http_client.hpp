// A client that says exactly the bytes that a test gives it, well-formed or not, over a blocking socket.
// For tests of what a server does with bytes; it checks nothing itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <florin/http.hpp>

struct ssl_st;

namespace florin::testing {

struct RawAnswer {
  int status = 0;  // 0: no (whole) answer came before the end or the time-out.
  Headers headers;
  std::string body;
};

class RawHttpClient {
 public:
  // Connects to 127.0.0.1; `tls` shakes hands as well, verifying nothing. Throws std::runtime_error when
  // it cannot. No read waits for longer than `patience`.
  explicit RawHttpClient(std::uint16_t port, bool tls = false,
                         std::chrono::milliseconds patience = std::chrono::seconds(5));
  ~RawHttpClient();
  RawHttpClient(RawHttpClient&& other) noexcept;

  // False: the far side has gone.
  bool send(std::string_view bytes);
  // No more bytes from us.
  void end_sending();
  // The next answer (1xx included), by its Content-Length; `head_only` for answers to HEAD.
  RawAnswer answer(bool head_only = false);
  // Sends and reads one answer.
  RawAnswer exchange(std::string_view bytes);
  // Up to `count` bytes, fewer when the end or the time-out comes first.
  std::string read(std::size_t count);
  // Whether the far side ends the connection within the patience; what comes before the end is dropped.
  bool ended();
  int fd() const { return fd_; }

 private:
  bool fill();

  int fd_ = -1;
  ssl_st* ssl_ = nullptr;
  std::string unread_;
};

// "GET /path HTTP/1.1" with a Host and nothing else.
std::string get_request(std::string_view path);
// A POST with a Content-Length.
std::string post_request(std::string_view path, std::string_view body);

}  // namespace florin::testing
