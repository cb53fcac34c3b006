// The parser over Boost.Beast 1.81's basic_parser, whose fields go straight into an EdgeRequest.
#include "kernel/platform/edge/http_parser.hpp"

#include <algorithm>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "kernel/platform/edge/http_head.hpp"

namespace florin {
namespace {

namespace beast_http = boost::beast::http;
using boost::beast::error_code;
// Beast's own view type.
using View = boost::beast::string_view;

// What no chunked body is without, "0 CR LF CR LF". With fewer bytes Beast is not asked: having seen "0 CR LF"
// alone, its 1.81 asserts that two more came at once, and a single one would end the process.
constexpr std::size_t kShortestEnd = 5;

std::string_view text(View view) { return {view.data(), view.size()}; }

// Beast's words for what is wrong, in ours. What is not listed is malformed in a way that no honest
// client produces.
HttpFault fault_of(const error_code& error) {
  if (error == beast_http::error::header_limit) return kHeadTooLarge;
  if (error == beast_http::error::body_limit) return kBodyTooLarge;
  if (error == beast_http::error::bad_method)
    return {400, "bad_method", "The request's method is no HTTP token."};
  if (error == beast_http::error::bad_target)
    return {400, "bad_target", "The request's target holds bytes that must be percent-encoded."};
  if (error == beast_http::error::bad_content_length)
    return {400, "bad_content_length",
            "Content-Length is no single non-negative number, or stands beside Transfer-Encoding."};
  if (error == beast_http::error::multiple_content_length)
    return {400, "bad_content_length", "The request has two lengths."};
  if (error == beast_http::error::bad_transfer_encoding)
    return {400, "bad_transfer_encoding", "Transfer-Encoding is repeated or stands beside Content-Length."};
  if (error == beast_http::error::bad_chunk || error == beast_http::error::bad_chunk_extension)
    return {400, "bad_chunk", "The chunked body is malformed."};
  if (error == beast_http::error::bad_field || error == beast_http::error::bad_value)
    return {400, "bad_header", "A header line is malformed."};
  return {400, "bad_request", "The request is not HTTP/1.1 as RFC 9112 writes it."};
}

// "GET / HTTP/2.0" is a version that we do not speak, "GET / HTTP/1.1 x" is no request line at all.
HttpFault version_fault(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::string_view version = line.substr(line.size() < 8 ? 0 : line.size() - 8);
  if (version.substr(0, 5) == "HTTP/" && std::count(line.begin(), line.end(), ' ') == 2)
    return {505, "bad_version", "Florin speaks HTTP/1.1 and HTTP/1.0."};
  return {400, "bad_request_line", "The request line is no method, target and version."};
}

class BeastParser final : public HttpParser, private beast_http::basic_parser<true> {
 public:
  BeastParser(std::size_t header_bytes, const BodyLimit& limit_of)
      : header_bytes_(header_bytes), limit_of_(limit_of) {
    // Limits are counted here: the head's before Beast sees it, the body's per route.
    basic_parser::header_limit(static_cast<std::uint32_t>(header_bytes + 2));
    basic_parser::body_limit(boost::none);
  }

  std::size_t feed(std::string_view bytes) override {
    if (stage_ == Stage::kHead) return feed_head(bytes);
    if (stage_ == Stage::kBody) return feed_body(bytes);
    return 0;
  }

  Stage stage() const override { return stage_; }
  const HttpFault& fault() const override { return fault_; }
  const EdgeRequest& request() const override { return request_; }
  bool keep_alive() const override { return keep_alive_; }
  bool http_1_0() const override { return version_ == 10; }
  bool expects_continue() const override { return head_.expects_continue; }
  bool has_body() const override { return stage_ == Stage::kBody || !request_.body.empty(); }
  EdgeRequest take() override { return std::move(request_); }

 private:
  std::size_t feed_head(std::string_view bytes) {
    std::size_t skipped = 0;
    // RFC 9112 section 2.2: an empty line before the request is forgiven, once.
    if (!begun_ && bytes.substr(0, 2) == "\r\n") skipped = 2;
    if (!begun_ && bytes == "\r") return 0;
    begun_ = true;
    bytes.remove_prefix(skipped);

    const HeadScan scan = scanner_.look(bytes, header_bytes_);
    if (scan.fault) return fail(*scan.fault), skipped;
    if (scan.length == 0) return skipped;  // Not all here yet.

    error_code error;
    put(boost::asio::const_buffer(bytes.data(), scan.length), error);
    if (refused_) return fail(*refused_), skipped;
    if (error == beast_http::error::bad_version) return fail(version_fault(bytes)), skipped;
    if (error) return fail(fault_of(error)), skipped;
    if (const auto bad = finish_head(head_, version_ == 11, request_)) return fail(*bad), skipped;
    keep_alive_ = basic_parser::keep_alive();  // Now: a trailer has no say in it, and Beast would let it.
    body_limit_ = limit_of_(request_.method, request_.path);
    if (const auto length = content_length(); length && *length > body_limit_)
      return fail(kBodyTooLarge), skipped;
    stage_ = is_done() ? Stage::kDone : Stage::kBody;
    return skipped + scan.length;
  }

  // One step of Beast at a time (a chunk's head, some data, the last chunk with its trailer), so that each
  // can be held to its limit whether it came whole or in pieces.
  std::size_t feed_body(std::string_view bytes) {
    std::size_t taken = 0;
    while (stage_ == Stage::kBody && bytes.size() - taken >= (chunked() ? kShortestEnd : 1)) {
      const std::size_t data = request_.body.size();
      error_code error;
      const std::size_t step = put(boost::asio::const_buffer(bytes.data() + taken, bytes.size() - taken), error);
      taken += step;
      const bool waits = error == beast_http::error::need_more;
      const std::size_t framing = waits ? bytes.size() - taken : request_.body.size() == data ? step : 0;
      if (refused_) return fail(*refused_), taken;
      if (error && !waits) return fail(fault_of(error)), taken;
      if (framing > header_bytes_) return fail(kHeadTooLarge), taken;
      if (is_done()) stage_ = Stage::kDone;
      if (waits) break;
    }
    return taken;
  }

  void fail(const HttpFault& fault) {
    fault_ = fault;
    stage_ = Stage::kFault;
  }

  // Stops Beast from within one of its calls.
  void refuse(const HttpFault& fault, error_code& error) {
    refused_ = fault;
    error = beast_http::error::bad_value;
  }

  void on_request_impl(beast_http::verb, View method, View target, int version, error_code&) override {
    request_.method = text(method);
    request_.target = text(target);
    version_ = version;
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(beast_http::field, View name, View value, error_code& error) override {
    // A trailer's fields are read past: nothing that a request means may come after its body.
    if (stage_ != Stage::kHead) return;
    if (const auto bad = add_field(head_, request_.headers, text(name), text(value))) refuse(*bad, error);
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // Known to be within the limit, and still not taken on trust: memory follows bytes received.
    if (length) request_.body.reserve(std::min<std::size_t>(*length, 64 * 1024));
  }
  std::size_t on_body_impl(View body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, View, error_code& error) override {
    // By what it announces, as a Content-Length is: counting what came, a chunk's last few bytes, which wait for
    // more (kShortestEnd), would be refused or not by how the network cut them.
    if (size > body_limit_ - request_.body.size()) refuse(kBodyTooLarge, error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code&) override {}

  const std::size_t header_bytes_;
  const BodyLimit& limit_of_;
  std::size_t body_limit_ = 0;
  HeadScanner scanner_;
  HeadFacts head_;
  EdgeRequest request_;
  HttpFault fault_;
  std::optional<HttpFault> refused_;
  Stage stage_ = Stage::kHead;
  int version_ = 11;
  bool keep_alive_ = false;  // Nothing after a head that is none.
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<HttpParser> HttpParser::make(std::size_t header_bytes, const BodyLimit& body_limit) {
  return std::make_unique<BeastParser>(header_bytes, body_limit);
}

}  // namespace florin
