// From a request to a durable attempt. What happens at the provider is in drive.cpp, what is asked again
// after a silence or a crash in recovery.cpp.
#include "kernel/modules/payments/service.hpp"

#include <florin/crypto.hpp>

#include "kernel/modules/idempotency/idempotency.hpp"
#include "kernel/modules/payments/render.hpp"
#include "kernel/platform/ids/ids.hpp"

namespace florin {

namespace {
void set_customer(Payment& payment, const Customer& customer) {
  payment.details.edit([&customer](Json& details) { details["customer"] = customer.to_json(); });
}
}  // namespace

PaymentService::PaymentService(PaymentDoors doors, MerchantDirectory& merchants, CardTokens& tokens,
                               PaymentMethods& methods, Risk& risk, Routing& routing, AccountRecord& record,
                               Carrier& carrier)
    : doors_(doors),
      merchants_(merchants),
      tokens_(tokens),
      methods_(methods),
      risk_(risk),
      routing_(routing),
      record_(record),
      carrier_(carrier),
      payments_(doors.random),
      settlement_(payments_, doors.random) {
  payments_.on_move([this](Session& session, Payment& payment) { return settle_saving(session, payment); });
}

std::string PaymentService::client_secret(const std::string& payment_id) const {
  return payment_id + "_secret_" + doors_.vault.fingerprint(Secret(payment_id), "client_secret");
}

bool PaymentService::opens(const std::string& secret, const std::string& payment_id) const {
  return equal_in_constant_time(secret, client_secret(payment_id));
}

ApiAnswer PaymentService::reveal(ApiAnswer answer, const std::string& payment_id) const {
  const std::size_t mark = answer.body.find(kClientSecretMark);
  if (mark != std::string::npos) answer.body.replace(mark, kClientSecretMark.size(), client_secret(payment_id));
  return answer;
}

std::string PaymentService::return_url(const Merchant& merchant, const std::string& payment_id) const {
  std::string url = merchants_.base_url();
  return url.append("/return/").append(merchant.id).append("/").append(payment_id);
}

// What a payment was to save is kept when it is approved and gone when it is refused.
Result<Done> PaymentService::settle_saving(Session& session, Payment& payment) {
  if (!saves_card(payment.details)) return Done();
  switch (payment.status) {
    case PaymentStatus::kRequiresCapture:
    case PaymentStatus::kSucceeded: {
      FLORIN_TRY(id, methods_.keep(session, payment.merchant, payment.id, payment.customer_id, payment.updated));
      if (!id.empty()) payment.method.edit([&id](Json& method) { method["id"] = id; });
      break;
    }
    case PaymentStatus::kRequiresPaymentMethod:
    case PaymentStatus::kCanceled: methods_.forget(session, payment.merchant, payment.id); break;
    default: break;  // Still under way.
  }
  return Done();
}

// ---- What was found before anything is decided ---------------------------------------------------------

struct PaymentService::Resolved {
  PaymentMethod method;
  std::optional<CardFace> face;
  std::optional<CardToken> token;
  std::optional<SavedMethod> saved;
  Customer customer;                 // Found, or as it will be made.
  std::optional<Payment> payment;    // The one to confirm,
  int attempts = 0;                  // ... and how often it was tried.
  bool seen = false;                 // The idempotency key was used before: decide nothing.
  std::optional<Error> wrong;        // Why the token or customer cannot be used.

  // What the order itself says. A card's number moves on, so that it does not stand in memory twice.
  static Resolved from(PaymentOrder& order) {
    Resolved said;
    said.customer = order.customer;
    said.method.type = order.method.type;
    if (order.method.card) {
      said.method.instrument = std::move(order.method.card->card);
      said.face = order.method.card->face;
    } else if (order.method.provider_token) {
      said.method.instrument = *order.method.provider_token;
    }
    return said;
  }
};

namespace {
bool names_customer(const PaymentOrder& order) {
  return !order.customer.id.empty() || !order.customer.email.empty() || !order.customer.phone.empty();
}
}  // namespace

Task<Result<PaymentService::Resolved>> PaymentService::resolve(std::shared_ptr<const Merchant> merchant,
                                                               const Idempotency& idempotency, const PaymentOrder& order,
                                                               Resolved resolved, std::string payment_id) {
  // A saved method whose payment names no customer is paid with by the one who has it.
  const bool has_customer = names_customer(order);
  const std::string id = merchant->id;
  const OrderMethod& given = order.method;
  const Instant now = doors_.clock.now();
  const auto query = [&](Session& session) -> Result<Resolved> {
    Resolved found = resolved;
    if (!idempotency.key.empty())
      found.seen = key_is_known(session, id, idempotency);
    if (found.seen) return found;
    if (!payment_id.empty()) {
      found.payment = payments_.find(session, id, payment_id);
      if (!found.payment)
        return Error{Error::Kind::kNotFound, "no such payment: " + payment_id, "", "payment_id"};
      found.attempts = payments_.count_attempts(session, id, payment_id);
    }
    if (auto known = find_customer(session, found.customer)) found.customer = *known;
    const bool put_aside = !given.given() && found.payment;
    const std::string wanted = put_aside ? found.payment->instrument : given.saved.empty() ? given.token : given.saved;
    if (!given.saved.empty() || (put_aside && is_id("pm", wanted))) {
      const std::string& customer = found.payment ? found.payment->customer_id : found.customer.id;
      const MethodUse use{customer, has_customer && customer.empty(), given.type, order.by_payer && !put_aside, now};
      auto held = methods_.find_to_pay(session, id, wanted, use);
      if (!held) {
        found.wrong = held.error();
        return found;
      }
      found.saved = *held;
      found.face = held->face;
      found.method.type = held->type;
      if (customer.empty() && !held->customer_id.empty())
        found.customer = find_customer(session, Customer{held->customer_id, id}).value_or(found.customer);
    } else if (!wanted.empty()) {
      auto held = tokens_.find(session, id, wanted, payment_id);
      if (!held) {
        found.wrong = held.error();
      } else {
        found.token = *held;
        found.face = held->face;
      }
    }
    return found;
  };
  Task<Result<Resolved>> reading = doors_.store.read(std::ref(query));
  Result<Resolved> found = co_await reading;
  if (!found) co_return found.error();
  if (found->wrong) co_return *found->wrong;
  co_return std::move(*found);
}

// The card, sealed to be kept once the payment is approved. Nothing when none is to be saved, or is saved already.
std::optional<SavedMethod> PaymentService::card_to_save(const Payment& payment, const Resolved& resolved) const {
  if (!saves_card(payment.details) || !resolved.face || resolved.saved) return std::nullopt;
  const auto* const card = std::get_if<Card>(&resolved.method.instrument);
  const Result<Secret> number = card ? Result<Secret>(card->number) : tokens_.number(*resolved.token);
  // A number that does not open cannot pay either: the attempt says so.
  if (!number) return std::nullopt;
  return methods_.seal_for(payment.id, payment.merchant, *number, *resolved.face, payment.livemode);
}

// ---- Creating and confirming ---------------------------------------------------------------------------

Task<ApiAnswer> PaymentService::create(const ApiRequest& request, bool intent_only) {
  const auto merchant = merchants_.find(request.caller.merchant);
  if (!merchant) co_return problem(Error{Error::Kind::kDenied, "this key's merchant is not configured any more"});
  const Instant now = doors_.clock.now();
  Result<PaymentOrder> read = read_payment_order(request.body, *merchant, doors_.vault, now, intent_only);
  if (!read) co_return problem(read.error());
  PaymentOrder& order = *read;

  Payment payment{new_id("pay", now, doors_.random), merchant->id, order.amount, Money::zero(order.amount.currency()),
                  Money::zero(order.amount.currency()), Money::zero(order.amount.currency())};
  payment.manual_capture = order.manual_capture;
  payment.livemode = merchant->livemode;
  payment.created = payment.updated = now;
  if (order.ip.empty() && request.caller.kind == KeyKind::kPublishable) order.ip = request.edge->remote_address;
  payment.details = std::move(order.details);
  if (!order.confirm) {
    Task<ApiAnswer> storing = store_unconfirmed(merchant, std::move(payment), std::move(order), request.idempotency);
    co_return co_await storing;
  }
  Resolved resolved = Resolved::from(order);
  // All that a card given in full needs is said already.
  if (!order.method.token.empty() || !order.method.saved.empty() || names_customer(order)) {
    Task<Result<Resolved>> resolving = resolve(merchant, request.idempotency, order, std::move(resolved), "");
    Result<Resolved> found = co_await resolving;
    if (!found) co_return problem(found.error());
    resolved = std::move(*found);
    if (resolved.saved) order.method.type = resolved.saved->type;
  }
  Task<ApiAnswer> trying = attempt_payment(merchant, payment, true, order, resolved, request.idempotency);
  co_return co_await trying;
}

Task<ApiAnswer> PaymentService::store_unconfirmed(std::shared_ptr<const Merchant> merchant, Payment payment,
                                                  PaymentOrder order, Idempotency idempotency) {
  const Instant now = payment.created;
  payment.status = order.method.given() ? PaymentStatus::kRequiresConfirmation : PaymentStatus::kRequiresPaymentMethod;
  payment.method_type = order.method.type;
  const std::string id = merchant->id;
  auto work = [this, id, payment, order, now](Session& session) -> Result<ApiAnswer> {
    Payment made = payment;
    FLORIN_TRY(customer, find_or_create_customer(session, order.customer, now, doors_.random));
    made.customer_id = customer.id;
    if (!customer.id.empty()) set_customer(made, customer);
    std::optional<CardFace> face;
    OrderMethod method = order.method;
    if (!method.saved.empty()) {
      FLORIN_TRY(saved, methods_.find_to_pay(session, id, method.saved, {customer.id, false, method.type, false, now}));
      if (customer.id.empty() && !saved.customer_id.empty()) {
        FLORIN_TRY(owner, find_or_create_customer(session, Customer{saved.customer_id, id}, now, doors_.random));
        made.customer_id = owner.id;
        set_customer(made, owner);
      }
      made.method_type = method.type = saved.type;
      made.instrument = saved.id;
      face = saved.face;
    } else if (order.method.card) {
      made.instrument = tokens_.create(session, id, *order.method.card).id;
      face = order.method.card->face;
    } else if (!order.method.token.empty()) {
      FLORIN_TRY(token, tokens_.find(session, id, order.method.token, made.id));
      if (!tokens_.consume(session, id, token.id, made.id))
        return Error{Error::Kind::kConflict, "this token has paid already", "token_already_used", "payment_method.token"};
      made.instrument = token.id;
      face = token.face;
    }
    if (method.given()) made.method = method_face(method, face);
    payments_.insert(session, made);
    ApiAnswer answer = text_answer(201, payment_text(made, kClientSecretMark));
    answer.object_id = made.id;
    return answer;
  };
  Task<ApiAnswer> answering = answer_once(doors_.store, doors_.clock, id, idempotency, work);
  const ApiAnswer answer = co_await answering;
  co_return reveal(answer, answer.object_id);
}

Task<ApiAnswer> PaymentService::confirm(const ApiRequest& request) {
  const auto merchant = merchants_.find(request.caller.merchant);
  if (!merchant) co_return problem(Error{Error::Kind::kDenied, "this key's merchant is not configured any more"});
  const Instant now = doors_.clock.now();
  Fields fields(request.body);
  const std::string payment_id = fields.required_text("payment_id", 100);
  PaymentOrder order;
  order.method = read_method(fields, doors_.vault, now);
  order.return_url = fields.text("return_url", 2000);
  order.by_payer = request.caller.kind == KeyKind::kPublishable;
  read_future_usage(fields, order.details);
  const std::string secret = fields.text("client_secret", 300);
  if (const auto wrong = fields.error()) co_return problem(*wrong);
  if (order.by_payer && !opens(secret, payment_id))
    co_return problem(Error{Error::Kind::kNotFound, "no such payment, or not with this client_secret", "", "payment_id"});

  Resolved said = Resolved::from(order);
  Task<Result<Resolved>> resolving = resolve(merchant, request.idempotency, order, std::move(said), payment_id);
  Result<Resolved> resolved = co_await resolving;
  if (!resolved) co_return problem(resolved.error());
  Payment payment{payment_id, merchant->id, order.amount, order.amount, order.amount, order.amount};
  if (resolved->payment) {
    payment = *resolved->payment;
    if (payment.status == PaymentStatus::kRequiresAction && !order.method.given()) {
      Task<Result<Payment>> poking = poke(merchant->id, payment_id);
      const Result<Payment> now_is = co_await poking;
      if (!now_is) co_return problem(now_is.error());
      co_return reveal(Settlement::answer_of(*now_is, request.idempotency.route), payment_id);
    }
    order.amount = payment.amount;
    order.manual_capture = payment.manual_capture;
    order.ip = text_at(payment.details, "device.ip");
    order.device = text_at(payment.details, "device.id");
    order.country = text_at(payment.details, "country");
    payment.details.edit([&order](Json& details) { details.update(order.details); });
    if (auto why = why_not_save(payment.details, order.method)) co_return problem(*why);
    order.details = payment.details.json();
    if (!order.return_url.empty())
      payment.details.edit([&order](Json& details) { details["return_url"] = order.return_url; });
    if (resolved->saved) {
      order.method.saved = resolved->saved->id;
      order.method.type = resolved->saved->type;
      if (payment.customer_id.empty() && !resolved->customer.id.empty()) {
        payment.customer_id = resolved->customer.id;
        set_customer(payment, resolved->customer);
      }
    } else if (!order.method.given()) {
      order.method.type = payment.method_type;
      resolved->method.type = payment.method_type;
    }
    if (order.method.type.empty())
      co_return problem(Error{Error::Kind::kInvalid, "payment_method is required: this payment has none yet",
                              "parameter_missing", "payment_method"});
    if (order.method.type == "card" && !order.method.provider_token && !order.method.card && !resolved->token &&
        !resolved->saved)
      co_return problem(Error{Error::Kind::kInvalid, "payment_method is required: the card given before has been used",
                              "parameter_missing", "payment_method"});
    resolved->customer.id = payment.customer_id;
  }
  Task<ApiAnswer> trying = attempt_payment(merchant, payment, false, order, *resolved, request.idempotency);
  co_return co_await trying;
}

Task<ApiAnswer> PaymentService::attempt_payment(std::shared_ptr<const Merchant> merchant, Payment& payment, bool is_new,
                                                const PaymentOrder& order, Resolved& resolved,
                                                const Idempotency& idempotency) {
  const Instant now = doors_.clock.now();
  if (!resolved.seen) {
    payment.method_type = order.method.type;
    payment.method = method_face(order.method, resolved.face);
    if (resolved.customer.id.empty() && !(resolved.customer.email.empty() && resolved.customer.phone.empty()))
      resolved.customer.id = new_id("cus", now, doors_.random);
    if (is_new) payment.customer_id = resolved.customer.id;
  }
  const CardFace* const face = resolved.face ? &*resolved.face : nullptr;
  const int number = resolved.attempts + 1;
  std::optional<RiskSaid> said;
  const auto about = [&](PolicyWriter& writer) {
    write_policy_payment(writer, payment, number, now, said ? &*said : nullptr, face);
  };
  RiskQuestion question{payment.id, payment.amount, order.method.type};
  if (face) question.card_country = face->country;
  question.billing_country = text_at(payment.details, "billing.address.country");
  question.subject = TrySubject{face ? face->fingerprint : "", payment.customer_id, order.ip, order.device};
  question.payment = std::ref(about);
  question.now = now;
  RiskDecision risk{RiskVerdict::kAllow, 0, {}, "{}", {payment.amount, {}}};
  RoutingDecision routing;
  if (!resolved.seen) {
    Task<Result<RiskDecision>> assessing = risk_.assess(merchant, question);
    Result<RiskDecision> assessed = co_await assessing;
    if (!assessed) co_return problem(assessed.error());
    risk = std::move(*assessed);
    said = RiskSaid{to_text(risk.verdict), risk.score};
    RoutingQuestion ask{payment.amount,         order.method.type, std::nullopt, order.country,
                        payment.manual_capture, std::ref(about)};
    if (std::holds_alternative<ProviderToken>(resolved.method.instrument))
      ask.card_input = CardInput::kProviderToken;
    else if (order.method.type == "card")
      ask.card_input = CardInput::kPan;
    if (risk.verdict != RiskVerdict::kBlock) routing = routing_.decide(*merchant, ask);
  }

  Attempt attempt{new_id("att", now, doors_.random), merchant->id, payment.id, AttemptKind::kAuthorize, 1, "", "",
                  payment.amount, AttemptState::kSending, "", "", "", new_id("dec", now, doors_.random),
                  Money::zero(payment.amount.currency())};
  attempt.idem_route = idempotency.route;
  attempt.idem_key = idempotency.key;
  attempt.started = now;
  attempt.node = doors_.nodes.me();
  const bool goes = risk.verdict != RiskVerdict::kBlock && !routing.routes.empty();
  if (goes) {
    attempt.account = routing.routes.front();
    attempt.provider = merchant->accounts.at(attempt.account).config->provider;
  }

  const std::optional<SavedMethod> saving = goes ? card_to_save(payment, resolved) : std::nullopt;

  struct Made {
    Payment payment;
    Attempt attempt;
  };
  struct Claimed {
    KeyClaim claim;
    std::unique_ptr<Made> made;  // Of a fresh claim; apart, because from hand to hand it is large to move.
    ApiAnswer answer;            // When nothing goes out.
  };
  // It borrows from this frame, which waits for it, and changes nothing there: it may be run again.
  const auto unit = [&](Session& session) -> Result<Claimed> {
    Claimed begun{claim_key(session, merchant->id, idempotency, payment.id, now), nullptr, {}};
    if (begun.claim.what == KeyClaim::What::kRunning) {
      if (auto told = payments_.told_answer(session, merchant->id, begun.claim.object_id, idempotency)) {
        begun.claim.what = KeyClaim::What::kReplay;
        begun.claim.answer = std::move(*told);
        begun.claim.answer.replayed = true;
      }
    }
    if (begun.claim.what == KeyClaim::What::kReplay) return begun;
    if (begun.claim.what != KeyClaim::What::kFresh) return key_error(begun.claim.what);
    begun.made.reset(new Made{payment, attempt});
    Payment& made = begun.made->payment;
    Attempt& trying = begun.made->attempt;
    made.updated = now;
    made.in_review = made.in_review || risk.verdict == RiskVerdict::kReview;
    made.last_error = Json();
    if (resolved.token) {
      if (!tokens_.consume(session, merchant->id, resolved.token->id, made.id))
        return Error{Error::Kind::kConflict, "this token has paid already", "token_already_used", "payment_method.token"};
    }
    if (resolved.saved) {
      // Detached since it was looked at?
      const MethodUse use{made.customer_id, false, "", false, now};
      if (auto still = methods_.find_to_pay(session, merchant->id, resolved.saved->id, use); !still) return still.error();
    }
    if (saving) methods_.put_aside(session, *saving);
    made.instrument.clear();
    if (is_new) {
      FLORIN_TRY(customer, find_or_create_customer(session, resolved.customer, now, doors_.random));
      made.customer_id = customer.id;
      if (!customer.id.empty()) set_customer(made, customer);
    }
    if (goes) {
      made.active_attempt = trying.id;
      made.busy = trying.id;
    }
    if (is_new) {
      made.status = PaymentStatus::kProcessing;
      payments_.insert(session, made);
    } else {
      const auto before = payments_.find(session, merchant->id, made.id);
      if (!before) return Error{Error::Kind::kNotFound, "no such payment: " + made.id, "", "payment_id"};
      const bool confirmable = before->status == PaymentStatus::kRequiresPaymentMethod ||
                               before->status == PaymentStatus::kRequiresConfirmation;
      if (!confirmable || !before->busy.empty())
        return Error{Error::Kind::kConflict,
                     "a payment that is " + std::string(to_text(before->status)) + " cannot be confirmed",
                     "payment_unexpected_state", "payment_id"};
      made.version = before->version;
      trying.number = payments_.count_attempts(session, merchant->id, made.id) + 1;
      if (auto moved = payments_.advance(session, *before, made, PaymentStatus::kProcessing); !moved) return moved.error();
    }
    Decision decision{attempt.decision_id, merchant->id, made.id, now, made.amount, question.subject};
    decision.outcome = goes ? TryOutcome::kPending
                       : risk.verdict == RiskVerdict::kBlock ? TryOutcome::kBlocked : TryOutcome::kDropped;
    insert_decision(session, decision, risk.record, routing.record);
    if (goes) {
      payments_.insert_attempt(session, trying);
      return begun;
    }
    const Payment processing = made;
    made.last_error =
        risk.verdict == RiskVerdict::kBlock
            ? failure_error("card_error", "blocked_by_risk", "this payment was refused to prevent fraud", "")
            : failure_error("invalid_request_error", "no_route",
                            "no provider account of this merchant can carry this payment: " + routing.reason, "");
    if (auto moved = payments_.advance(session, processing, made, PaymentStatus::kRequiresPaymentMethod); !moved)
      return moved.error();
    begun.answer = Settlement::answer_of(made, idempotency.route);
    begun.answer.object_id = made.id;
    finish_key(session, merchant->id, idempotency, begun.answer);
    return begun;
  };
  Task<Result<Claimed>> beginning = doors_.store.write(std::ref(unit));
  Result<Claimed> begun = co_await beginning;
  const bool carried = begun && begun->claim.what == KeyClaim::What::kFresh && goes;
  if (!carried) {
    const bool blocked = begun && begun->claim.what == KeyClaim::What::kFresh && risk.verdict == RiskVerdict::kBlock;
    risk_.counters().settle(risk.reservation, blocked ? TryOutcome::kBlocked : TryOutcome::kDropped);
    if (!begun) co_return problem(begun.error());
    if (begun->claim.what == KeyClaim::What::kReplay)
      co_return reveal(std::move(begun->claim.answer), begun->claim.object_id);
    co_return reveal(std::move(begun->answer), payment.id);
  }

  auto trip = board(merchant, std::move(begun->made->payment), std::move(begun->made->attempt));
  trip->routes.assign(routing.routes.begin() + 1, routing.routes.end());
  trip->reservation = std::move(risk.reservation);
  trip->request = authorize_request(trip->payment, return_url(*merchant, payment.id));
  trip->request->require_authentication = risk.verdict == RiskVerdict::kChallenge;
  trip->request->method = std::move(resolved.method);
  if (resolved.token || resolved.saved) {
    Result<Card> card = resolved.token ? tokens_.open(*resolved.token) : methods_.open(*resolved.saved);
    if (!card) {
      // Sealed under a key that is gone: nothing has left, so it fails like any other refusal to carry.
      auto failing = [this, trip, now, why = card.error()](Session& session) {
        return settlement_.authorize_failed(session, trip->attempt, why, nullptr, now);
      };
      Task<Result<Settled>> settling = settle(trip, failing);
      const Result<Settled> settled = co_await settling;
      if (!settled) co_return problem(settled.error());
      co_return reveal(settled->answer, payment.id);
    }
    trip->request->method.instrument = std::move(*card);
  }
  doors_.executor.begin("payment", drive(trip));
  Task<ApiAnswer> waiting = await_trip(trip);
  co_return co_await waiting;
}

}  // namespace florin
