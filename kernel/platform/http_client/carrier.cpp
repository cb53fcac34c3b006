// The order matters: job.leave() comes before the first written byte, and after it no error is
// kUnreachable any more, whatever else goes wrong.
#include "kernel/platform/http_client/carrier.hpp"

#include <array>
#include <exception>

#include <Poco/Exception.h>
#include <Poco/Timespan.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include "kernel/platform/http_client/wire.hpp"

namespace florin {
namespace {

using Poco::Net::StreamSocket;

// The watchdog ends what lasts too long; this bounds a read should the watchdog itself be late.
constexpr std::chrono::milliseconds kSlack{500};

Error failed(const HttpJob& job, Error::Kind kind, std::string code, std::string why) {
  return Error{kind, fmt::format("{}: {}", job.target.authority(), why), std::move(code), ""};
}

void write_all(StreamSocket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const int sent =
        socket.sendBytes(bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
    if (sent <= 0) throw Poco::IOException("the connection takes no more");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

struct Carrier::Attempt {
  bool pooled = false;    // The connection had been used before.
  bool answered = false;  // A byte of the answer has come.
  std::string key;
};

HttpJob::~HttpJob() { OPENSSL_cleanse(wire.data(), wire.size()); }

Result<StreamSocket> Carrier::connection(HttpJob& job, Attempt& attempt) {
  if (attempt.pooled) {
    if (auto kept = pool_.take(attempt.key)) {
      if (job.attach(kept->impl()->sockfd())) return *kept;
      return failed(job, Error::Kind::kUnreachable, "connect_timed_out", "there was no time left to send");
    }
    attempt.pooled = false;
  }
  FLORIN_TRY(plain, dialer_.connect(job.target.host, job.target.port, job.allow_private, job));
  const Poco::Timespan limit((job.remaining() + kSlack).count());
  plain.setSendTimeout(limit);
  plain.setReceiveTimeout(limit);
  if (!job.target.tls) return plain;
  return dialer_.secure(plain, job.target.host);
}

Result<HttpResponse> Carrier::exchange(HttpJob& job, StreamSocket& socket, Attempt& attempt) try {
  const Poco::Timespan limit((job.remaining() + kSlack).count());
  socket.setSendTimeout(limit);
  socket.setReceiveTimeout(limit);
  if (!job.leave())
    return failed(job, Error::Kind::kUnreachable, "connect_timed_out", "no time was left to send");
  write_all(socket, job.wire);

  AnswerReader reader(job.method);
  std::array<char, 16 * 1024> buffer;
  for (bool whole = false; !whole;) {
    const int got = socket.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) {
      attempt.answered = true;
      FLORIN_TRY(complete, reader.take(std::string_view(buffer.data(), static_cast<std::size_t>(got))));
      whole = complete;
    } else {
      FLORIN_TRY(ended, reader.end());
      static_cast<void>(ended);
      whole = true;
    }
  }
  job.detach();
  if (reader.reusable() && !job.is_over()) pool_.put(attempt.key, socket);
  return reader.answer();
} catch (const Poco::TimeoutException&) {
  return failed(job, Error::Kind::kTimedOut, "timed_out", "the answer did not come in time");
} catch (const Poco::Exception& e) {
  return failed(job, Error::Kind::kBroken, "connection_broke", "the connection broke: " + e.displayText());
}

Result<HttpResponse> Carrier::carry(HttpJob& job) try {
  Attempt attempt;
  attempt.key = job.target.origin() + (job.allow_private ? "" : " judged");
  attempt.pooled = true;
  for (;;) {
    Result<StreamSocket> socket = connection(job, attempt);
    if (!socket) {
      job.detach();
      if (!job.has_left()) return socket.error();
      return failed(job, Error::Kind::kBroken, "connection_broke",
                    "a kept connection broke, and another could not be made: " + socket.error().message);
    }
    Result<HttpResponse> answer = exchange(job, *socket, attempt);
    job.detach();
    // A kept connection that dies without a byte of answer was closed under the request: its far side may
    // or may not have read it, so only what may be said twice is said again, once.
    const bool stale =
        !answer && attempt.pooled && !attempt.answered && answer.error().kind == Error::Kind::kBroken;
    if (!stale || !job.repeatable || job.is_over()) return answer;
    attempt.pooled = false;
  }
} catch (const std::exception& e) {
  const auto kind = job.has_left() ? Error::Kind::kBroken : Error::Kind::kUnreachable;
  return failed(job, kind, "carrier_failed", std::string("it could not be carried: ") + e.what());
}

}  // namespace florin
