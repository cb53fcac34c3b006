// The writer thread: its queue, and what it does about each way in which a group can fail.
#include "kernel/platform/store/writer.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include <florin/check.hpp>

#include "kernel/platform/executor/together.hpp"

namespace florin::store {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWaitingMax = 65'536;
// How long a unit waits for a database that is gone before it is refused.
constexpr auto kPatience = 5s;
constexpr int kConflictsMax = 20;

std::chrono::milliseconds back_off(int attempt) {
  return std::min(1000ms, 10ms * (1 << std::min(attempt, 7)));
}

}  // namespace

Writer::Writer(Connector& connector, std::unique_ptr<Connection> connection, WriterHealth* health)
    : connector_(connector), health_(health), connection_(std::move(connection)), thread_([this] { work(); }) {}

Writer::~Writer() { stop(); }

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  something_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Writer::push(Waiting& waiting) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= kWaitingMax) return false;
    queue_.push_back(&waiting);
    if (queue_.size() > 1) return true;  // Whoever made it one has woken the thread.
  }
  something_.notify_one();
  return true;
}

// Waits for something to do. False: the store is closing and nothing is queued any more.
bool Writer::take(Group& group) {
  group.clear();
  std::unique_lock lock(mutex_);
  something_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  append_queued(group);
  return !group.empty();
}

bool Writer::take_more(Group& group) {
  const std::size_t before = group.size();
  const std::lock_guard lock(mutex_);
  append_queued(group);
  return group.size() > before;
}

void Writer::append_queued(Group& group) {
  const std::size_t count = std::min(queue_.size(), connector_.units_max() - group.size());
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  group.insert(group.end(), queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
}

void Writer::work() {
  for (Group group; take(group);) serve(group, false);
}

void Writer::serve(Group rest, bool alone) {
  const auto since = Clock::now();
  for (int attempt = 0; !rest.empty();) {
    try {
      if (const auto damage = connector_.damage()) return fail(rest, *damage);
      if (!connection_) need_connection();
      const std::size_t reached = commit_group(rest, alone);
      rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(reached));
      attempt = 0;
      connection_->tidy();
    } catch (const EngineFault& fault) {
      if (connection_) connection_->rollback();
      connector_.note(fault);
      if (fault.kind == EngineFault::Kind::kLost) {
        give_up_connection();
        if (Clock::now() - since > kPatience || !pause(back_off(attempt++))) return fail(rest, fault);
        refuse_the_impatient();
      } else if (fault.kind == EngineFault::Kind::kConflict) {
        if (attempt >= kConflictsMax || Clock::now() - since > kPatience || !pause(back_off(attempt++)))
          return fail(rest, fault);
      } else if (rest.size() > 1) {
        return serve_each(rest);
      } else {
        return fail(rest, fault);
      }
    }
  }
}

// So that one unit's fault is not its neighbours': with a full disk the small ones may still fit.
void Writer::serve_each(const Group& group) {
  for (Waiting* waiting : group) serve(Group{waiting}, true);
}

void Writer::need_connection() {
  connection_ = connector_.writer();
  spdlog::info("the store has its connection to the database again");
}

void Writer::tell(const Group& group, std::size_t count) {
  const PostTogether together;
  for (std::size_t i = 0; i < count; ++i) {
    // The moment it is told, it may be gone: nothing of it is touched afterwards.
    Completion<Result<Done>>& told = group[i]->told;
    std::optional<Error> refused = std::move(group[i]->refused);
    if (refused)
      told.set(std::move(*refused));
    else
      told.set(Done{});
  }
}

// What a unit did wrong, or another node got first, says nothing about the writer.
void Writer::note(const EngineFault& fault) {
  using Kind = EngineFault::Kind;
  if (health_ && fault.kind != Kind::kStatement && fault.kind != Kind::kConflict) health_->failed(to_error(fault));
}

void Writer::fail(const Group& group, const EngineFault& fault) {
  note(fault);
  for (Waiting* waiting : group) waiting->refused = to_error(fault);
  tell(group, group.size());
}

void Writer::refuse_the_impatient() {
  Group late;
  {
    const std::lock_guard lock(mutex_);
    const auto limit = Clock::now() - kPatience;
    while (!queue_.empty() && queue_.front()->since < limit) {
      late.push_back(queue_.front());
      queue_.pop_front();
    }
  }
  fail(late, EngineFault(EngineFault::Kind::kLost, "no connection for five seconds"));
}

// False: the store is closing, wait no more.
bool Writer::pause(std::chrono::milliseconds how_long) {
  std::unique_lock lock(mutex_);
  return !something_.wait_for(lock, how_long, [this] { return stopping_; });
}

}  // namespace florin::store
