// The far side of a provider in memory, for targets: answers each request by its path, at once.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <florin/http.hpp>

namespace florin::fuzz {

class AnsweringHttp final : public Http {
 public:
  // Requests whose path begins with `path` are answered so; any other one is our bug.
  AnsweringHttp& at(std::string path, int status, std::string body) {
    answers_.emplace_back(std::move(path), HttpResponse{status, {}, std::move(body)});
    return *this;
  }
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    sent.push_back(request);
    for (const auto& [path, answer] : answers_)
      if (request.path.starts_with(path)) co_return answer;
    FLORIN_CHECK(false, "a request that no webhook needs");
    co_return Error{};
  }
  std::vector<HttpRequest> sent;

 private:
  std::vector<std::pair<std::string, HttpResponse>> answers_;
};

}  // namespace florin::fuzz
