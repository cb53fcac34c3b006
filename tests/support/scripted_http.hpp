// The Http door with answers that the test wrote down, one for each request in turn; keeps what was sent.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <florin/http.hpp>

namespace florin::test_support {

// "" when the request has none of that name.
inline std::string header(const HttpRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

class ScriptedHttp final : public Http {
 public:
  ScriptedHttp& answers(int status, std::string body) {
    HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    script_.emplace_back(std::move(response));
    return *this;
  }
  ScriptedHttp& fails(Error::Kind kind) {
    script_.emplace_back(Error{kind, "the test's network failed", "", ""});
    return *this;
  }

  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    sent.push_back(request);
    if (sent.size() > script_.size()) {
      ADD_FAILURE() << "one request too many: " << request.method << ' ' << request.path;
      co_return Error{Error::Kind::kUnreachable, "the script has ended", "", ""};
    }
    co_return script_[sent.size() - 1];
  }

  std::vector<HttpRequest> sent;

 private:
  std::vector<Result<HttpResponse>> script_;
};

}  // namespace florin::test_support
