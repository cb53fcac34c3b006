// config/florin.yaml: every key, its rule, what it means. The defaults are those of AppConfig.
#include "kernel/platform/config/rules.hpp"
#include "kernel/platform/config/schema_of.hpp"

namespace florin {
namespace {

using Server = AppConfig::Server;
constexpr std::int64_t kHourMs = 3'600'000;

SchemaOf<EdgeLimits> limits() {
  SchemaOf<EdgeLimits> of;
  of.integer("header_bytes", &EdgeLimits::header_bytes, 1024, 1 << 20,
             "Bytes of a request's line and headers; more is answered 431.")
      .restart();
  of.integer("body_bytes", &EdgeLimits::body_bytes, 1024, 64 << 20,
             "Bytes of a request's body, where its route says nothing else; more is answered 413.")
      .restart();
  of.integer("header_time_ms", &EdgeLimits::header_time, 100, kHourMs,
             "Milliseconds for all headers to arrive; then 408.")
      .restart();
  of.integer("body_time_ms", &EdgeLimits::body_time, 100, kHourMs,
             "Milliseconds for the body to arrive; then 408.")
      .restart();
  of.integer("idle_time_ms", &EdgeLimits::idle_time, 100, kHourMs,
             "Milliseconds after which a connection without a request is closed.")
      .restart();
  of.integer("connections_per_address", &EdgeLimits::connections_per_address, 0, 1'000'000,
             "Open connections of one client address; 0: no limit.")
      .restart();
  of.integer("connections", &EdgeLimits::connections, 1, 1'000'000, "Open connections in all.").restart();
  of.integer(
        "requests_per_second_per_address", &EdgeLimits::requests_per_second_per_address, 0, 1'000'000,
        "Requests a second of one client address, twice that in a burst; more is answered 429. 0: no limit.")
      .restart();
  of.integer("requests_waiting", &EdgeLimits::requests_waiting, 0, 1'000'000,
             "How much may wait, in line, for a worker or for the database. More is an overload: while that goes on nobody "
             "stands in line, and who cannot begin at once is answered 503, with nothing done. Twice as much may wait where a "
             "request finishes something begun. 0: no limit.")
      .restart();
  of.integer("request_bytes_in_all", &EdgeLimits::request_bytes_in_all, 1 << 20, 1LL << 40,
             "Bytes held of all requests that are being received or answered; a body over that is answered 503.")
      .restart();
  of.integer("websocket_message_bytes", &EdgeLimits::websocket_message_bytes, 1024, 16 << 20,
             "Bytes of one WebSocket message from a client; more closes it with 1009.")
      .restart();
  of.integer("websocket_queue_bytes", &EdgeLimits::websocket_queue_bytes, 16 * 1024, 256 << 20,
             "Bytes that wait for one slow WebSocket client before it is told to resync.")
      .restart();
  return of;
}

SchemaOf<Server> server() {
  SchemaOf<Server> tls;
  tls.text("certificate", &Server::certificate_file, rules::path(), "The certificate chain's PEM file.")
      .restart();
  tls.text("key", &Server::key_file, rules::path(), "Its private key's PEM file.").restart();
  SchemaOf<Server> of;
  of.texts("addresses", &Server::addresses,
           rules::matching("[0-9A-Fa-f.:]+", "an IP address, like \"127.0.0.1\" or \"::1\""),
           "The addresses to listen on.")
      .restart();
  of.integer("port", &Server::port, 0, 65535, "The port for HTTP and WebSocket; 0: any free one.").restart();
  of.text("public_url", &Server::public_url, rules::base_url(),
          "How clients reach this server; in links to checkouts and redirects. Absent: "
          "http://localhost:<port>, with a certificate https.")
      .restart();
  of.group("tls", std::move(tls), "The server's own certificate; both keys or none.");
  of.object("limits", &Server::limits, limits(), "What one client may take of the server.");
  of.texts("allowed_origins", &Server::allowed_origins, rules::base_url(),
           "Web origins, besides our own, whose pages may open WebSockets and call the API.")
      .restart();
  of.integer("drain_ms", &Server::drain, 0, kHourMs,
             "Milliseconds that requests under way get to end after SIGTERM.")
      .restart();
  return of;
}

SchemaOf<AppConfig::StoreSettings> store() {
  using StoreSettings = AppConfig::StoreSettings;
  SchemaOf<StoreSettings> of;
  of.text("url", &StoreSettings::url,
          rules::matching("sqlite:.+|postgres(ql)?://.+", "sqlite:<path> or postgresql://user@host/database"),
          "The database: sqlite:<path> (from the working directory) or postgresql://…")
      .restart();
  of.integer("readers", &StoreSettings::readers, 1, 64, "Connections that only read.").restart();
  return of;
}

SchemaOf<AppConfig> vault() {
  SchemaOf<AppConfig> of;
  of.text("key", &AppConfig::vault_key, rules::key_of_32_bytes(),
          "The key over what is encrypted at rest. Live mode needs it; test mode makes one beside the "
          "database.")
      .restart();
  of.text("key_id", &AppConfig::vault_key_id, rules::name(),
          "The key's name in what it sealed. Give a new one with every new key; absent: 1.")
      .restart();
  of.secrets("old_keys", &AppConfig::vault_old_keys, rules::name(), rules::key_of_32_bytes(),
             "Earlier keys by their names: they open what they sealed.")
      .restart();
  return of;
}

Schema made() {
  SchemaOf<AppConfig> of;
  const auto one = [](auto&& fill) {
    SchemaOf<AppConfig> inner;
    fill(inner);
    return inner;
  };
  of.custom(
      "mode", text_schema(rules::one_of({"test", "live"})),
      "live moves real money: sandboxes, fixed test keys, secrets in clear and private webhook addresses are "
      "refused there.",
      [](AppConfig& c, const Json& v) {
        c.mode = v == "live" ? AppConfig::Mode::kLive : AppConfig::Mode::kTest;
      },
      [](const AppConfig& c) { return c.mode == AppConfig::Mode::kLive ? "live" : "test"; });
  of.restart();
  of.object("server", &AppConfig::server, server(), "Where florind listens and what it lets in.");
  of.object("store", &AppConfig::store, store(), "Where everything is kept.");
  of.group("sandbox", one([](auto& in) {
             in.text("url", &AppConfig::sandbox_url, rules::far_side(),
                     "Where `florin sandbox` plays the providers; test mode only. Absent: plugins talk to "
                     "the providers' own test hosts.")
                 .restart();
           }),
           "The simulated far sides.");
  of.group("plugins", one([](auto& in) {
             in.text("folder", &AppConfig::plugins_dir, rules::path(),
                     "Holds providers/, notifiers/ and fraud/. Absent: ../plugins beside the program.")
                 .restart();
           }),
           "The shared objects to load.");
  of.group("scripts", one([](auto& in) {
             in.text("folder", &AppConfig::scripts_dir, rules::path(),
                     "Holds routing/ and risk/. Absent: ../scripts of the configuration directory.");
           }),
           "The Lua policies.");
  of.group("webhooks", one([](auto& in) {
             in.flag("allow_private_addresses", &AppConfig::webhooks_allow_private_addresses,
                     "Deliver webhooks to loopback and private networks; test mode only.");
           }),
           "Outgoing webhooks of all merchants.");
  of.group("vault", vault(), "Encryption at rest.");
  of.group("log", one([](auto& in) {
             in.text("level", &AppConfig::log_level,
                     rules::one_of({"trace", "debug", "info", "warn", "error"}),
                     "The least important lines that are written to standard error.");
           }),
           "The log.");
  of.group("admin", one([](auto& in) {
             in.text("key_hash", &AppConfig::admin_key_hash,
                     rules::matching("[0-9a-f]{64}",
                                     "a SHA-256 in 64 small hex digits (printf %s \"$KEY\" | sha256sum)"),
                     "SHA-256 of the operators' key (ak_…); absent: there is none.");
           }),
           "The operators' door.");
  return std::move(of).done();
}

}  // namespace

const Schema& florin_file_schema() {
  static const Schema schema = made();
  return schema;
}

}  // namespace florin
