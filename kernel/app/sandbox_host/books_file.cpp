// A thread that writes a little later, so that a busy sandbox writes once a second and not once a request.
#include "kernel/app/sandbox_host/books_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "kernel/platform/io/io_threads.hpp"

namespace florin {
namespace {

constexpr std::chrono::seconds kPause{1};

// Books hold far sides' objects and no secrets of ours, but they are nobody else's business.
constexpr mode_t kOwnerOnly = 0600;

bool write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

Result<Done> write_atomically(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  const bool written = descriptor >= 0 && write_whole(descriptor, text);
  const int failure = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (written && ::rename(beside.c_str(), path.c_str()) == 0) return Done{};
  return Error{Error::Kind::kUnavailable,
               fmt::format("the sandboxes' books cannot be written to {}: {}", path,
                           std::strerror(written ? errno : failure)),
               "books_not_written", ""};
}

}  // namespace

struct BooksFile::State {
  std::string path;
  std::function<Json()> collect;
  std::mutex mutex;
  std::condition_variable woken;
  bool dirty = false, stopping = false;
  std::thread thread;

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping || dirty) {
      woken.wait(lock, [this] { return dirty || stopping; });
      woken.wait_for(lock, kPause, [this] { return stopping; });
      if (!std::exchange(dirty, false)) continue;
      lock.unlock();
      const Result<Done> written = write_atomically(path, collect().dump());
      if (!written) spdlog::error("{}", written.error().message);
      lock.lock();
    }
  }
};

BooksFile::BooksFile(std::string path, std::function<Json()> collect) : state_(std::make_unique<State>()) {
  state_->path = std::move(path);
  state_->collect = std::move(collect);
  state_->thread = start_io_thread([state = state_.get()] { state->run(); });
}

BooksFile::~BooksFile() { stop(); }

Result<Json> BooksFile::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Json(Json::object());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Result<Json> json = parse_json(text);
  if (!json || !json->is_object())
    return Error{
        Error::Kind::kBroken,
        fmt::format("{} does not hold the sandboxes' books; move it away to start with empty ones", path),
        "invalid_books", ""};
  return *json;
}

void BooksFile::changed() {
  const std::lock_guard lock(state_->mutex);
  state_->dirty = true;
  state_->woken.notify_one();
}

void BooksFile::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->woken.notify_one();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace florin
