// Firebase Cloud Messaging HTTP v1, both ways, as pure functions. From Google's discovery document
// fcm.v1 (revision 20210426), "FCM error codes" and "Using OAuth 2.0 for server to server applications".
#pragma once

#include <optional>
#include <string>

#include <florin/http.hpp>
#include <florin/notifier.hpp>
#include <florin/result.hpp>
#include <florin/secret.hpp>
#include <florin/time.hpp>

namespace florin::fcm {

// What we need of a service account's key file.
struct ServiceAccount {
  std::string project_id, client_email, key_id;
  Secret private_key;  // PEM
};
// Errors: kInvalid, with what is missing and never a piece of it.
Result<ServiceAccount> read_service_account(const Secret& json);

// The grant of RFC 7523: an assertion, signed by the service account, for an access token of an hour.
// Errors: kInvalid when the key does not sign.
Result<HttpRequest> token_request(const ServiceAccount& account, Instant now);
struct Token {
  Secret text;
  Instant expires;
};
// Errors: kDenied when Google refuses the account, kUnavailable for anything that may pass.
Result<Token> read_token(const HttpResponse& response, Instant now);

HttpRequest message_request(const ServiceAccount& account, const Secret& token,
                            const Notification& notification);
Delivery read_delivery(const HttpResponse& response);

// Whether Google no longer takes this access token; a 401 about Apple's credentials is not that.
bool refuses_token(const HttpResponse& response);

}  // namespace florin::fcm
