// The door of an operation that can move money: each of its requests leaves only while this process may
// begin one for the attempt's node (platform/nodes). A refusal is kUnreachable: it never left us.
#pragma once

#include <memory>
#include <string>

#include <florin/http.hpp>

#include "kernel/platform/nodes/nodes.hpp"

namespace florin {

class FencedDoor final : public Http {
 public:
  // `nodes` outlives it.
  FencedDoor(std::unique_ptr<Http> door, const Nodes& nodes, std::string node)
      : door_(std::move(door)), nodes_(nodes), node_(std::move(node)) {}

  Task<Result<HttpResponse>> send(const HttpRequest& request) override {
    if (!nodes_.may_begin(node_))
      co_return Error{Error::Kind::kUnreachable,
                      "this node has lost touch with the database, so it begins nothing that others could not know of",
                      "node_fenced"};
    Task<Result<HttpResponse>> sending = door_->send(request);
    co_return co_await sending;
  }

 private:
  const std::unique_ptr<Http> door_;
  const Nodes& nodes_;
  const std::string node_;
};

}  // namespace florin
