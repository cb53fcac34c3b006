// The log's format is section 4 of https://www.sqlite.org/fileformat2.html, the index's section 2 of
// https://www.sqlite.org/walformat.html: a header of 32 bytes, then frames of 24 bytes and a page.
#include "kernel/platform/store/sqlite_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <vector>

#include <fmt/format.h>

namespace florin::store {

namespace {

constexpr std::size_t kHeader = 32, kFrameHeader = 24;
constexpr std::uint32_t kVersion = 3007000;

class File {
 public:
  explicit File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  std::uint64_t size() const {
    const off_t end = descriptor_ < 0 ? 0 : ::lseek(descriptor_, 0, SEEK_END);
    return end < 0 ? 0 : static_cast<std::uint64_t>(end);
  }
  bool read(std::uint64_t at, void* into, std::size_t bytes) const {
    return ::pread(descriptor_, into, bytes, static_cast<off_t>(at)) == static_cast<ssize_t>(bytes);
  }

 private:
  const int descriptor_;
};

std::uint32_t big_endian(const unsigned char* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

struct Sum {
  std::uint32_t a = 0, b = 0;
  friend bool operator==(const Sum&, const Sum&) = default;
  // `bytes` is a multiple of eight; words are read big-endian or as this machine has them.
  void add(const unsigned char* at, std::size_t bytes, bool big) {
    for (const unsigned char* const end = at + bytes; at < end; at += 8) {
      std::uint32_t first = 0, second = 0;
      if (big) {
        first = big_endian(at);
        second = big_endian(at + 4);
      } else {
        std::memcpy(&first, at, 4);
        std::memcpy(&second, at + 4, 4);
      }
      a += first + b;
      b += second + a;
    }
  }
};

struct Frame {
  std::uint32_t page = 0, commits = 0;  // commits: the database's pages after it; 0: no commit.
  std::uint64_t salt = 0;
  Sum stored;
};

class Log {
 public:
  explicit Log(const std::string& path) : file_(path) {
    std::array<unsigned char, kHeader> header{};
    if (!file_.read(0, header.data(), kHeader)) return;
    there_ = true;
    const std::uint32_t magic = big_endian(&header[0]);
    big_ = (magic & 1) != 0;
    if constexpr (std::endian::native == std::endian::big) big_ = true;
    page_size_ = big_endian(&header[8]);
    std::memcpy(&salt_, &header[16], 8);
    sum_.add(header.data(), 24, big_);
    header_right_ = (magic & ~1U) == 0x377f0682 && big_endian(&header[4]) == kVersion &&
                    sum_ == Sum{big_endian(&header[24]), big_endian(&header[28])};
  }
  bool there() const { return there_; }
  bool header_right() const { return header_right_; }
  std::uint64_t salt() const { return salt_; }
  void use_page_size(std::uint32_t bytes) { page_size_ = bytes; }
  std::uint64_t frames() const {
    return page_size_ < 512 ? 0 : (file_.size() - kHeader) / (kFrameHeader + page_size_);
  }
  std::uint64_t offset(std::uint64_t frame) const { return kHeader + frame * (kFrameHeader + page_size_); }

  std::optional<Frame> frame(std::uint64_t number) const {
    std::array<unsigned char, kFrameHeader> raw{};
    if (!file_.read(offset(number), raw.data(), raw.size())) return std::nullopt;
    Frame frame{big_endian(&raw[0]), big_endian(&raw[4]), 0, {big_endian(&raw[16]), big_endian(&raw[20])}};
    std::memcpy(&frame.salt, &raw[8], 8);
    return frame;
  }
  bool page(std::uint64_t number, std::vector<unsigned char>& into) const {
    into.resize(page_size_);
    return file_.read(offset(number) + kFrameHeader, into.data(), into.size());
  }

  // Whether the next frame, in order from the first, is as it was written.
  bool next_is_right(std::uint64_t number, const Frame& frame) {
    std::array<unsigned char, 8> start{};
    if (frame.salt != salt_ || frame.page == 0 || !page(number, bytes_)) return false;
    if (!file_.read(offset(number), start.data(), start.size())) return false;
    sum_.add(start.data(), start.size(), big_);
    sum_.add(bytes_.data(), bytes_.size(), big_);
    return sum_ == frame.stored;
  }

 private:
  File file_;
  bool there_ = false, header_right_ = false, big_ = false;
  std::uint32_t page_size_ = 0;
  std::uint64_t salt_ = 0;
  Sum sum_;
  std::vector<unsigned char> bytes_;
};

// What the index says was committed, and how much of that is in the database already.
struct Index {
  std::uint64_t salt = 0;
  std::uint32_t committed = 0, written_back = 0;
};
std::optional<Index> read_index(const std::string& path) {
  std::array<unsigned char, 136> raw{};
  const File file(path);
  if (!file.read(0, raw.data(), raw.size())) return std::nullopt;
  if (std::memcmp(&raw[0], &raw[48], 48) != 0 || raw[12] == 0) return std::nullopt;
  Sum sum, stored;
  sum.add(raw.data(), 40, std::endian::native == std::endian::big);
  std::memcpy(&stored.a, &raw[40], 4);
  std::memcpy(&stored.b, &raw[44], 4);
  if (sum != stored) return std::nullopt;
  Index index;
  std::memcpy(&index.committed, &raw[16], 4);
  std::memcpy(&index.salt, &raw[32], 8);
  std::memcpy(&index.written_back, &raw[96], 4);
  return index;
}

// Whether committed frames of a log with a wrong header hold what the database does not. When a log begins anew its
// header is overwritten: torn then, what follows is of the log before, and all in the database.
bool holds_more(Log& log, const std::string& database_file) {
  const File database(database_file);
  std::array<unsigned char, 5> size{};
  if (!database.read(16, size.data(), size.size())) return false;
  const std::uint32_t page_size = std::uint32_t{size[0]} << 8 | size[1];
  const std::size_t set_aside = size[4];  // At each page's end, where the database alone has seals.
  log.use_page_size(page_size == 1 ? 65536 : page_size);
  const auto first = log.frame(0);
  if (!first) return false;
  std::map<std::uint32_t, std::uint64_t> last_of_page, committed;
  for (std::uint64_t number = 0; number < log.frames(); ++number) {
    const auto frame = log.frame(number);
    if (!frame || frame->salt != first->salt || frame->page == 0) break;
    last_of_page[frame->page] = number;
    if (frame->commits != 0) committed = last_of_page;
  }
  std::vector<unsigned char> ours, theirs;
  for (const auto& [page, number] : committed) {
    if (!log.page(number, ours)) return true;
    theirs.resize(ours.size());
    if (!database.read(std::uint64_t{page - 1} * ours.size(), theirs.data(), theirs.size())) return true;
    ours.resize(ours.size() - std::min(set_aside, ours.size()));
    if (!std::equal(ours.begin(), ours.end(), theirs.begin())) return true;
  }
  return false;
}

std::string sentence(const std::string& log, const std::string& index, const std::string& where, std::uint64_t from) {
  return fmt::format(
      "{0} is damaged {1}: confirmed changes stand behind that, and SQLite would drop them without a word. Nothing was "
      "changed. Check the disk, then restore the database from a backup; or, where the newest changes may be lost, copy the "
      "files away and cut the log there: truncate -s {2} {0}; rm -f {3}",
      log, where, from, index);
}

}  // namespace

std::optional<std::string> damage_of_log(const std::string& database_file) {
  const std::string path = database_file + "-wal", index_path = database_file + "-shm";
  Log log(path);
  if (!log.there()) return std::nullopt;
  const std::optional<Index> index = read_index(index_path);
  if (!log.header_right()) {
    const bool lost = index ? index->committed > index->written_back : holds_more(log, database_file);
    if (lost) return sentence(path, index_path, "in its header, bytes 0 to 31", 0);
    return std::nullopt;
  }
  std::uint64_t committed = 0, wrong = 0;
  for (; wrong < log.frames(); ++wrong) {
    const auto frame = log.frame(wrong);
    if (!frame || !log.next_is_right(wrong, *frame)) break;
    if (frame->commits != 0) committed = wrong + 1;
  }
  bool lost = index && index->salt == log.salt() && index->committed > committed;
  // A transaction that was rolled back leaves frames of this log too, but none that commits.
  for (std::uint64_t number = wrong + 1; !lost && number < log.frames(); ++number) {
    const auto frame = log.frame(number);
    lost = frame && frame->salt == log.salt() && frame->commits != 0;
  }
  if (!lost) return std::nullopt;
  return sentence(path, index_path,
                  fmt::format("in frame {} of {}, bytes {} to {}", wrong + 1, log.frames(), log.offset(wrong),
                              log.offset(wrong + 1) - 1),
                  log.offset(wrong));
}

}  // namespace florin::store
