// A request's text, made once; what differs from request to request (the idempotency key's number, the amount)
// has a fixed width and is written over in place.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace florin::load {

class RequestText {
 public:
  // A POST of `body` to `path`. "@" in the body stands for the amount. No two runs share a `run`.
  RequestText(std::string_view path, std::string_view key, std::string_view run, std::string body) {
    const std::size_t at = body.find('@');
    if (at != std::string::npos) body.replace(at, 1, std::string(kDigits, ' '));
    text_.append("POST ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ").append(key);
    text_.append("\r\nContent-Type: application/json\r\nIdempotency-Key: open-").append(run).append("-");
    number_at_ = text_.size();
    text_.append(kDigits, '0').append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    if (at != std::string::npos) amount_at_ = text_.size() + at;
    text_.append(body);
  }

  // Good until the next call.
  std::string_view of(std::int64_t number, std::int64_t amount) {
    write_digits(number_at_, number, '0');
    // JSON has no leading zeros, and lets a number follow blanks.
    if (amount_at_ != 0) write_digits(amount_at_, amount, ' ');
    return text_;
  }

 private:
  static constexpr std::size_t kDigits = 10;

  void write_digits(std::size_t at, std::int64_t number, char before) {
    std::size_t end = at + kDigits;
    do {
      text_[--end] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0 && end > at);
    while (end > at) text_[--end] = before;
  }

  std::string text_;
  std::size_t number_at_ = 0, amount_at_ = 0;  // amount_at_ 0: the body has none.
};

}  // namespace florin::load
