// The head's rules. Refusing is always right here: a request that is ambiguous to a proxy in front of us
// is how one client's bytes become another client's request (request smuggling).
#include "kernel/platform/edge/http_head.hpp"

#include <algorithm>

#include <florin/http.hpp>

namespace florin {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "http://host/path?x" is "/path?x" (RFC 9112 section 3.2.2): proxies send it and we must take it.
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() || !same_token(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target;
}

std::optional<HttpFault> split_target(EdgeRequest& request) {
  static constexpr HttpFault kBad{
      400, "bad_target", "The request's target is no path, or holds bytes that must be percent-encoded."};
  for (const char c : request.target)
    if (c == '#' || static_cast<unsigned char>(c) >= 0x80) return kBad;
  const std::string_view target = origin_form(request.target);
  if (target == "*" && request.method == "OPTIONS") {
    request.path = "*";
    return std::nullopt;
  }
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  if (path.empty() || path.front() != '/') return kBad;
  request.path = path;
  if (mark != std::string_view::npos) request.query = parse_form(target.substr(mark + 1));
  return std::nullopt;
}

}  // namespace

bool same_token(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool names_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (same_token(trimmed(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return false;
}

HeadScan HeadScanner::look(std::string_view bytes, std::size_t limit) {
  static constexpr HttpFault kBareLf{400, "bad_line_end", "A header line ends in LF without CR."};
  static constexpr HttpFault kFolded{400, "folded_header",
                                     "A header line is folded, which RFC 9112 has withdrawn."};
  for (;;) {
    const std::size_t lf = bytes.find('\n', scanned_);
    if (lf == std::string_view::npos) {
      scanned_ = bytes.size();
      break;
    }
    if (lf == 0 || bytes[lf - 1] != '\r') return {0, kBareLf};
    if (lf >= 3 && bytes[lf - 2] == '\n') {
      if (lf + 1 > limit) return {0, kHeadTooLarge};
      return {lf + 1, std::nullopt};
    }
    if (lf + 1 == bytes.size()) {
      scanned_ = lf;  // Whether the next line is folded shows with its first byte.
      break;
    }
    if (bytes[lf + 1] == ' ' || bytes[lf + 1] == '\t') return {0, kFolded};
    scanned_ = lf + 1;
  }
  if (bytes.size() >= limit) return {0, kHeadTooLarge};
  return {};
}

std::optional<HttpFault> add_field(HeadFacts& facts, Headers& headers, std::string_view name,
                                   std::string_view value) {
  const bool known =
      name.size() == 4 || name.size() == 6 || name.size() == 13 || name.size() == 14 || name.size() == 17;
  if (known && same_token(name, "Host")) {
    if (++facts.hosts > 1) return HttpFault{400, "two_hosts", "The request names two hosts."};
    if (value.find_first_of(" ,/@?#") != std::string_view::npos)
      return HttpFault{400, "bad_host", "The Host header is no host and port."};
  } else if (known && same_token(name, "Content-Length")) {
    // Beast takes "5, 5" and a second equal length; a proxy in front of us may not.
    if (facts.length || value.find(',') != std::string_view::npos)
      return HttpFault{400, "bad_content_length", "The request has two lengths."};
    facts.length = true;
  } else if (known && same_token(name, "Transfer-Encoding")) {
    if (!same_token(value, "chunked"))
      return HttpFault{501, "unknown_transfer_coding",
                       "The only transfer coding that this server takes is chunked."};
    facts.chunked = true;
  } else if (known && same_token(name, "Expect")) {
    if (!same_token(value, "100-continue"))
      return HttpFault{417, "unknown_expectation",
                       "The only expectation that this server meets is 100-continue."};
    facts.expects_continue = true;
  } else if (known && same_token(name, "Authorization") && headers.contains("Authorization")) {
    return HttpFault{400, "two_authorizations", "The request carries two credentials."};
  }
  const auto [held, fresh] = headers.try_emplace(std::string(name), value);
  if (!fresh) held->second.append(same_token(name, "Cookie") ? "; " : ", ").append(value);
  return std::nullopt;
}

std::optional<HttpFault> finish_head(const HeadFacts& facts, bool http_1_1, EdgeRequest& request) {
  if (facts.chunked && facts.length)
    return HttpFault{400, "two_framings", "The request has both Content-Length and Transfer-Encoding."};
  if (http_1_1 && facts.hosts == 0) return HttpFault{400, "no_host", "An HTTP/1.1 request names its host."};
  // RFC 9112 section 6.1: 1.0 has no transfer codings, so somebody on the way does not know what it does.
  if (!http_1_1 && facts.chunked)
    return HttpFault{400, "bad_transfer_encoding", "HTTP/1.0 has no Transfer-Encoding."};
  if (request.method == "CONNECT") return HttpFault{501, "no_tunnels", "This server is no proxy."};
  return split_target(request);
}

}  // namespace florin
