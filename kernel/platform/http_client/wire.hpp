// HTTP/1.1 on the client's side, without sockets: a request as bytes, and an answer out of bytes. Answers
// are parsed by Boost.Beast, because POCO 1.11 takes a chunked body that is cut off for a whole one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <florin/http.hpp>
#include <florin/result.hpp>

#include "kernel/platform/io/target.hpp"

namespace florin {

// Errors: kUnreachable ("invalid_request") for what would not be one well-formed request, such as a line
// break in a header.
Result<std::string> render_request(const HttpRequest& request, const Target& target);

inline constexpr std::size_t kAnswerHeaderBytes = 64 * 1024;
inline constexpr std::size_t kAnswerBodyBytes = 4 * 1024 * 1024;

class AnswerReader {
 public:
  explicit AnswerReader(const std::string& method);  // An answer to HEAD has no body.
  ~AnswerReader();

  // Takes bytes as they come; interim (1xx) answers are passed over. True: the answer is whole.
  // Errors: kBroken (no HTTP, over the limits above).
  Result<bool> take(std::string_view bytes);
  // The far side has ended its stream. Errors: kBroken when that leaves the answer incomplete.
  Result<Done> end();

  bool begun() const;     // Whether any byte has come.
  bool reusable() const;  // Whole, the far side keeps the connection, and nothing came after the answer.
  HttpResponse answer();  // Once, when it is whole.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin
