// POCO's sockets, entered by an address instead of a name: POCO would look the name up itself, take the
// first address only, and ask again at each reconnect.
#include "kernel/platform/io/dial.hpp"

#include <netdb.h>

#include <memory>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Timespan.h>
#include <fmt/format.h>

#include "kernel/platform/io/address_guard.hpp"

namespace florin {
namespace {

using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

Error unreachable(std::string code, std::string message) {
  return Error{Error::Kind::kUnreachable, std::move(message), std::move(code), ""};
}

Result<std::vector<SocketAddress>> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failure != 0)
    return unreachable("dns_failed",
                       fmt::format("the name {} could not be looked up: {}", host, gai_strerror(failure)));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
    if (one->ai_family == AF_INET || one->ai_family == AF_INET6) {
      const SocketAddress address(one->ai_addr, one->ai_addrlen);
      addresses.emplace_back(address.host(), port);
    }
  return addresses;
}

}  // namespace

Poco::Net::Context::Ptr Dialer::context() const {
  using Poco::Net::Context;
  const std::lock_guard lock(mutex_);
  if (context_.isNull()) {
    // VERIFY_STRICT: the relaxed mode does not check the host name of loopback peers.
    Context::Ptr made =
        new Context(Context::TLS_CLIENT_USE, "", "", ca_file_, Context::VERIFY_STRICT, 9, true);
    made->requireMinimumProtocol(Context::PROTO_TLSV1_2);
    context_ = made;
  }
  return context_;
}

Result<StreamSocket> Dialer::connect(const std::string& host, std::uint16_t port, bool allow_private,
                                     Expiring& job) const {
  FLORIN_TRY(addresses, look_up(host, port));
  // One private address among public ones is an attempt to slip through, so it refuses them all.
  for (const SocketAddress& address : addresses)
    if (!allow_private && !is_public_address(address.host()))
      return unreachable("address_refused", fmt::format("{} leads to {}, which is not a public address", host,
                                                        address.host().toString()));
  std::string why = "it has no address";
  for (std::size_t i = 0; i < addresses.size() && !job.is_over(); ++i) try {
      // While there is another address to try, this one gets half of the time that is left.
      const std::int64_t left = job.remaining().count();
      StreamSocket socket;
      socket.connect(addresses[i], Poco::Timespan(i + 1 < addresses.size() ? left / 2 : left));
      socket.setNoDelay(true);
      if (job.attach(socket.impl()->sockfd())) return socket;
      why = "out of time, or out of file descriptors";
    } catch (const Poco::Exception& e) {
      why = e.displayText();
    }
  return unreachable("connect_failed", fmt::format("no connection to {}:{}: {}", host, port, why));
}

Result<StreamSocket> Dialer::secure(StreamSocket& socket, const std::string& host) const try {
  return StreamSocket(Poco::Net::SecureStreamSocket::attach(socket, host, context()));
} catch (const Poco::Exception& e) {
  return unreachable("tls_failed", fmt::format("no TLS connection to {}: {}", host, e.displayText()));
}

}  // namespace florin
