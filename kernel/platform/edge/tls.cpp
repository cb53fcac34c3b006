// OpenSSL over a socket BIO of our own: OpenSSL's writes with write(), and a peer that has gone would end
// the process by SIGPIPE.
#include "kernel/platform/edge/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include <florin/check.hpp>

namespace florin {
namespace {

int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int bio_read(BIO* bio, char* into, int room) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = recv(fd_of(bio), into, static_cast<std::size_t>(room), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t put = send(fd_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (put < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

long bio_ctrl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* socket_bio() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "florin socket");
    FLORIN_CHECK(made != nullptr, "OpenSSL has no memory left");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_ctrl);
    return made;
  }();
  return method;
}

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

class OpenSslContext final : public TlsContext {
 public:
  explicit OpenSslContext(std::unique_ptr<SSL_CTX, FreeContext> context) : context_(std::move(context)) {}
  SSL_CTX* get() { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, FreeContext> context_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(SSL_CTX* context, int fd) : ssl_(SSL_new(context)) {
    FLORIN_CHECK(ssl_ != nullptr, "OpenSSL has no memory left");
    BIO* bio = BIO_new(socket_bio());
    FLORIN_CHECK(bio != nullptr, "OpenSSL has no memory left");
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
  }

  Moved read(char* into, std::size_t room) override {
    ERR_clear_error();
    std::size_t got = 0;
    const int code = SSL_read_ex(ssl_.get(), into, room, &got);
    return code == 1 ? Moved{Moved::How::kSome, got} : Moved{why(code), 0};
  }
  Moved write(std::string_view bytes) override {
    ERR_clear_error();
    std::size_t put = 0;
    const int code = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put);
    return code == 1 ? Moved{Moved::How::kSome, put} : Moved{why(code), 0};
  }
  void end_writing() override {
    ERR_clear_error();
    // Sends close_notify as far as the socket takes it; the far side's is not waited for here. Before the
    // handshake has ended there is nothing to end.
    if (SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
    shutdown(fd_of(SSL_get_wbio(ssl_.get())), SHUT_WR);
  }
  bool short_read_is_empty() const override { return false; }  // A record may wait inside OpenSSL.
  bool secure() const override { return true; }

 private:
  Moved::How why(int code) {
    switch (SSL_get_error(ssl_.get(), code)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return Moved::How::kAgain;
      case SSL_ERROR_ZERO_RETURN:
        return Moved::How::kEnd;
      default:
        return Moved::How::kBroken;
    }
  }

  std::unique_ptr<SSL, FreeSsl> ssl_;
};

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::open(const std::string& certificate_file,
                                                     const std::string& key_file) {
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_server_method()));
  FLORIN_CHECK(context != nullptr, "OpenSSL has no memory left");
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
  // For TLS 1.2: forward secrecy and authenticated encryption only. 1.3's own list has nothing else.
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // Memory per connection: buffers only while bytes move; and what was partly written may move meanwhile.
  SSL_CTX_set_mode(
      raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1)
    return Error{Error::Kind::kInvalid,
                 "cannot read a PEM certificate from " + certificate_file + "; see server.tls",
                 "bad_certificate",
                 {}};
  if (SSL_CTX_use_PrivateKey_file(raw, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return Error{Error::Kind::kInvalid,
                 "cannot read a PEM private key that belongs to " + certificate_file + " from " + key_file,
                 "bad_certificate",
                 {}};
  if (SSL_CTX_check_private_key(raw) != 1)
    return Error{
        Error::Kind::kInvalid,
        "the private key in " + key_file + " does not belong to the certificate in " + certificate_file,
        "bad_certificate",
        {}};
  return std::unique_ptr<TlsContext>(std::make_unique<OpenSslContext>(std::move(context)));
}

std::unique_ptr<Transport> tls_transport(TlsContext& context, int fd) {
  return std::make_unique<TlsTransport>(static_cast<OpenSslContext&>(context).get(), fd);
}

}  // namespace florin
