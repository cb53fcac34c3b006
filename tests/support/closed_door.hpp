// The Http door for code that promises to send nothing: a request through it fails the test.
#pragma once

#include <gtest/gtest.h>

#include <florin/http.hpp>

namespace florin::test_support {

class ClosedDoor final : public Http {
 public:
  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    ADD_FAILURE() << "something was sent: " << request.method << ' ' << request.path;
    co_return Error{Error::Kind::kUnreachable, "this door is closed", "", ""};
  }
};

}  // namespace florin::test_support
