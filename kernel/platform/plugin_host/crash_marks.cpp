// The marks' file: opened, counted and mapped at start; a watchdog looks at it for steps that never end.
#include "kernel/platform/plugin_host/crash_marks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <string_view>
#include <thread>

#include <florin/crypto.hpp>

#include "kernel/platform/plugin_host/plugin_file.hpp"

namespace florin {
namespace {

constexpr std::size_t kPlugins = 64;

struct Slot {
  char plugin[48];  // "provider acme", zero-padded; empty: free.
  char digest[64];  // Hex, not terminated.
  std::uint32_t faults;
  std::uint32_t suspicions;
  std::uint64_t checksum;

  std::uint64_t expected_checksum() const {
    return crc32({reinterpret_cast<const char*>(this), offsetof(Slot, checksum)});
  }
  void seal() { checksum = expected_checksum(); }
  std::string_view name() const { return {plugin, ::strnlen(plugin, sizeof plugin)}; }
  bool quarantined() const {
    return faults >= CrashMarks::kFaultsToQuarantine || suspicions >= CrashMarks::kSuspicionsToQuarantine;
  }
};

constexpr char kMagic[16] = "florin-marks-1\n";
struct Layout {
  char magic[16];
  std::array<Slot, kPlugins> slots;
  std::array<crash::Cell, crash::kThreads> cells;
};

int to_number(std::size_t slot) { return static_cast<int>(slot) + 1; }

class Marks final : public CrashMarks {
 public:
  explicit Marks(Options options) : options_(std::move(options)) {}
  ~Marks() override {
    if (watchdog_.joinable()) {
      {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
      }
      stop_.notify_all();
      watchdog_.join();
    }
    // Closing would not do: the mapping stays, and with it the lock.
    if (cells_) ::flock(file_.descriptor(), LOCK_UN);
  }

  Result<Done> start() {
    if (options_.file.empty()) {
      layout_ = new (&own_) Layout{};
      return Done{};
    }
    if (options_.look_only) return look();
    file_ = OpenFile(::open(options_.file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file_.descriptor() < 0)
      return Error{Error::Kind::kUnavailable,
                   fmt::format("cannot open {} ({}); Florin keeps there which plugin was running, so its folder "
                               "must exist and be writable",
                               options_.file, std::strerror(errno)),
                   "", ""};
    if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) return read_only();
    return map();
  }

  const std::vector<Finding>& findings() const override { return findings_; }

  int number_of(const std::string& plugin, const std::string& digest) override {
    if (options_.file.empty() || plugin.size() >= sizeof(Slot::plugin)) return 0;
    const std::lock_guard lock(mutex_);
    Slot* free = nullptr;
    for (std::size_t index = 0; index < kPlugins; ++index) {
      Slot& slot = layout_->slots[index];
      if (slot.name() == plugin) {
        if (std::string_view(slot.digest, sizeof slot.digest) != digest) name_slot(slot, plugin, digest);
        return to_number(index);
      }
      if (slot.name().empty() && !free) free = &slot;
    }
    if (!free) return 0;
    name_slot(*free, plugin, digest);
    return to_number(static_cast<std::size_t>(free - layout_->slots.data()));
  }

  bool quarantined(int number) const override {
    const std::lock_guard lock(mutex_);
    return number > 0 && layout_->slots[static_cast<std::size_t>(number) - 1].quarantined();
  }

  Result<Done> forgive(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    bool found = false;
    for (Slot& slot : layout_->slots) {
      const bool its = slot.name().ends_with(" " + name);
      if (!its || (slot.faults == 0 && slot.suspicions == 0)) continue;
      if (!cells_)
        return Error{Error::Kind::kConflict,
                     options_.file + " is held by a running Florin; ask that one to lift the quarantine", "", ""};
      slot.faults = slot.suspicions = 0;
      slot.seal();
      found = true;
    }
    if (found) return Done{};
    return Error{Error::Kind::kNotFound, "no plugin named " + name + " is quarantined", "not_quarantined", ""};
  }

 private:
  static void name_slot(Slot& slot, const std::string& plugin, const std::string& digest) {
    slot = Slot{};
    plugin.copy(slot.plugin, sizeof slot.plugin - 1);
    digest.copy(slot.digest, sizeof slot.digest);
    slot.seal();
  }

  // A running Florin has the file: we learn who is quarantined and leave its marks alone.
  Result<Done> read_only() {
    layout_ = new (&own_) Layout{};
    copy_file();
    return Done{};
  }

  // Not locked, lest a daemon that starts meanwhile think that another has it. No file: no daemon has run yet.
  Result<Done> look() {
    layout_ = new (&own_) Layout{};
    file_ = OpenFile(::open(options_.file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file_.descriptor() < 0 && errno != ENOENT)
      return Error{Error::Kind::kUnavailable,
                   fmt::format("cannot read {} ({}), where quarantines are kept", options_.file, std::strerror(errno)), "", ""};
    if (file_.descriptor() < 0) return Done{};
    copy_file();
    count_the_last_end();
    return Done{};
  }

  void copy_file() {
    if (::pread(file_.descriptor(), static_cast<void*>(layout_), sizeof(Layout), 0) != sizeof(Layout) ||
        std::memcmp(layout_->magic, kMagic, sizeof kMagic) != 0)
      new (layout_) Layout{};
    forget_damaged_slots();
  }

  Result<Done> map() {
    // Never unmapped: a thread that dies late still writes into its cell.
    void* bytes = MAP_FAILED;
    if (::ftruncate(file_.descriptor(), sizeof(Layout)) == 0)
      bytes = ::mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, file_.descriptor(), 0);
    if (bytes == MAP_FAILED)
      return Error{Error::Kind::kUnavailable,
                   fmt::format("cannot map {} ({})", options_.file, std::strerror(errno)), "", ""};
    // Pages of a full disk must be missed now, not as SIGBUS when a mark is set.
    if (const int fault = ::posix_fallocate(file_.descriptor(), 0, sizeof(Layout)); fault != 0)
      return Error{Error::Kind::kUnavailable,
                   fmt::format("cannot reserve {} ({})", options_.file, std::strerror(fault)), "", ""};
    layout_ = static_cast<Layout*>(bytes);
    if (std::memcmp(layout_->magic, kMagic, sizeof kMagic) != 0) {
      new (layout_) Layout{};
      std::memcpy(layout_->magic, kMagic, sizeof kMagic);
    }
    forget_damaged_slots();
    count_the_last_end();
    cells_ = layout_->cells.data();
    crash::install_handlers(cells_);
    if (options_.step_limit.count() > 0) watchdog_ = std::thread([this] { watch_steps(); });
    return Done{};
  }

  void forget_damaged_slots() {
    for (Slot& slot : layout_->slots)
      if (!slot.name().empty() && slot.checksum != slot.expected_checksum()) {
        spdlog::warn("{}: a damaged entry is forgotten; a quarantine may be lifted by it", options_.file);
        slot = Slot{};
      }
  }

  void count_the_last_end() {
    std::array<std::uint32_t, kPlugins> faults{};
    std::array<bool, kPlugins> in{};
    for (crash::Cell& cell : layout_->cells) {
      const std::size_t number = cell.running.load() & 0xffff;
      if (number >= 1 && number <= kPlugins) {
        in[number - 1] = true;
        if (const std::uint32_t fault = cell.fault.load()) faults[number - 1] = fault;
      }
      new (&cell) crash::Cell{};
    }
    for (std::size_t index = 0; index < kPlugins; ++index) {
      Slot& slot = layout_->slots[index];
      if (slot.name().empty()) continue;
      if (faults[index] != 0) ++slot.faults;
      slot.suspicions = in[index] && faults[index] == 0 ? slot.suspicions + 1 : 0;
      slot.seal();
      if (!in[index]) continue;
      const bool fault = faults[index] != 0;
      findings_.push_back({std::string(slot.name()), fault,
                           fault ? crash::describe_fault(faults[index]) : "the process ended while it was running"});
    }
  }

  void watch_steps() {
    constexpr int kLooks = 5;
    struct Seen {
      std::uint64_t running = 0, entries = 0;
      int times = 0;
    };
    std::array<Seen, crash::kThreads> seen{};
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, options_.step_limit / kLooks, [this] { return stopping_; })) {
      for (std::size_t thread = 0; thread < seen.size(); ++thread) {
        crash::Cell& cell = cells_[thread];
        const Seen now{cell.running.load(), cell.entries.load(), 0};
        Seen& before = seen[thread];
        const bool same = now.running != 0 && now.running == before.running && now.entries == before.entries;
        before = same ? Seen{now.running, now.entries, before.times + 1} : now;
        if (before.times >= kLooks) end_process(cell);
      }
    }
  }

  [[noreturn]] void end_process(crash::Cell& cell) {
    const std::size_t number = cell.running.load() & 0xffff;
    cell.fault.store(crash::kFaultEndlessStep);
    const std::string_view plugin =
        number >= 1 && number <= kPlugins ? layout_->slots[number - 1].name() : std::string_view("?");
    spdlog::critical("plugin {}: one step has been running for over {} ms; ending the process, so that it can be "
                     "started again without harm to the others",
                     plugin, options_.step_limit.count());
    spdlog::default_logger()->flush();
    std::abort();
  }

  const Options options_;
  OpenFile file_;
  alignas(Layout) char own_[sizeof(Layout)];  // Where no file is kept, or somebody else has it.
  Layout* layout_ = nullptr;
  std::vector<Finding> findings_;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread watchdog_;
};

}  // namespace

Result<std::shared_ptr<CrashMarks>> CrashMarks::open(Options options) {
  auto marks = std::make_shared<Marks>(std::move(options));
  const auto started = marks->start();
  if (!started) return started.error();
  return std::shared_ptr<CrashMarks>(std::move(marks));
}

void CrashMarks::Mark::enter() noexcept {
  if (!marks_ || !marks_->cells_) return;
  const int thread = crash::thread_number();
  if (thread < 0) return;
  cell_ = &marks_->cells_[thread];
  cell_->entries.store(cell_->entries.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  const auto self = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this));
  cell_->running.store(self << 16 | static_cast<std::uint64_t>(number_), std::memory_order_release);
  crash::watch(*cell_);
}

void CrashMarks::Mark::leave() noexcept {
  if (!cell_) return;
  const auto self = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this));
  std::uint64_t ours = self << 16 | static_cast<std::uint64_t>(number_);
  // Not a plain store: on the thread where the operation ran last, another may be running by now.
  cell_->running.compare_exchange_strong(ours, 0, std::memory_order_acq_rel);
  cell_ = nullptr;
}

}  // namespace florin
