// The strict parser: a SAX handler that builds the document and stops at the first thing that two readers
// could understand in two ways; and total readers over the result.
#include <florin/json.hpp>

#include <charconv>
#include <vector>

#include <florin/check.hpp>

namespace florin {
namespace {

constexpr std::size_t kMaxDepth = 64;

class Builder final : public nlohmann::json_sax<Json> {
 public:
  Json root;
  std::string fault;  // Why it stopped; no piece of the text.

  Builder() { open_.reserve(8); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  // Copied: the lexer goes on with its buffer, which it would otherwise grow anew for each text.
  bool string(string_t& value) override { return add(static_cast<const string_t&>(value)); }
  bool binary(binary_t&) override { return stop("a binary value"); }

  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const auto [place, is_new] = open_.back()->emplace(name, nullptr);
    if (!is_new) return stop("a key that stands there twice");
    member_ = &*place;
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return stop("a syntax error, an impossible number or invalid UTF-8");
  }

 private:
  bool stop(std::string why) {
    fault = std::move(why);
    return false;
  }

  Json* place(Json value) {
    if (open_.empty()) return &(root = std::move(value));
    if (open_.back()->is_object()) return &(*member_ = std::move(value));
    open_.back()->push_back(std::move(value));
    return &open_.back()->back();
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() == kMaxDepth) return stop("more than 64 levels");
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;  // From the root to what is being filled. An element moves only after it closed.
  Json* member_ = nullptr;   // Where the value of the last key goes.
};

// The text as an iterator that remembers how far the parser has read: the handler is not told. For texts that
// have been refused: without it the parser is faster.
struct Reader {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  const char** furthest;
  reference operator*() const { return *at; }
  Reader& operator++() {
    ++at;
    if (furthest) *furthest = at;
    return *this;
  }
  Reader operator++(int) {
    const Reader before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Reader& a, const Reader& b) { return a.at == b.at; }
  friend bool operator!=(const Reader& a, const Reader& b) { return a.at != b.at; }
};

Error invalid_json(std::string_view why, std::size_t offset) {
  return Error{Error::Kind::kInvalid,
               "invalid JSON: " + std::string(why) + " at byte " + std::to_string(offset), "invalid_json",
               ""};
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  // The library skips a byte order mark and takes a NUL for the end of the text; both are no JSON.
  if (text.starts_with("\xEF\xBB\xBF")) return invalid_json("a byte order mark", 0);
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return invalid_json("a NUL byte", nul);
  const char* const start = text.data();
  const char* const end = start + text.size();
  Builder builder;
  if (Json::sax_parse(start, end, &builder)) return std::move(builder.root);
  Builder again;
  const char* furthest = start;
  const bool refused = !Json::sax_parse(Reader{start, &furthest}, Reader{end, nullptr}, &again);
  FLORIN_CHECK(refused, "what was refused once is refused again");
  return invalid_json(again.fault, static_cast<std::size_t>(furthest - start));
}

std::string to_text(const Json& json) {
  // Text that is no UTF-8 cannot come from parse_json(); from elsewhere it must not end an operation.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json* find(const Json& json, std::string_view path) {
  const Json* here = &json;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (here->is_object()) {
      const auto member = here->find(name);
      if (member == here->end()) return nullptr;
      here = &*member;
    } else if (here->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
      if (error != std::errc() || end != name.data() + name.size() || index >= here->size()) return nullptr;
      here = &(*here)[index];
    } else {
      return nullptr;
    }
  }
  return here;
}

std::string text_at(const Json& json, std::string_view path) {
  const Json* found = find(json, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> integer_at(const Json& json, std::string_view path) {
  const Json* found = find(json, path);
  if (found == nullptr || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return found->get<std::int64_t>();
}

}  // namespace florin
