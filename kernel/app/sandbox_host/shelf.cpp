// The sandbox is a plugin: its exceptions end here.
#include "kernel/app/sandbox_host/shelf.hpp"

#include <exception>
#include <utility>

#include <spdlog/spdlog.h>

#include "kernel/app/sandbox_host/books_json.hpp"

namespace florin {

SandboxReply Shelf::handle(const HttpRequest& request, const std::string& public_url, Instant now) try {
  ++requests_;
  const std::lock_guard lock(mutex_);
  const SandboxCall call{request, hosted_.accounts, public_url, now};
  return hosted_.sandbox->handle(call, books_);
} catch (const std::exception& e) {
  spdlog::error("the {} sandbox threw at {} {}: {}", name(), request.method, request.path, e.what());
  SandboxReply reply;
  reply.response.status = 500;
  return reply;
}

Json Shelf::describe() const {
  const std::lock_guard lock(mutex_);
  return describe_books(books_);
}

Json Shelf::save() const {
  const std::lock_guard lock(mutex_);
  return save_books(books_);
}

void Shelf::restore(Books books) {
  const std::lock_guard lock(mutex_);
  books_ = std::move(books);
}

}  // namespace florin
