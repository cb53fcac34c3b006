// A job's name is the payment's or its attempt's, so that one is enough however often the news comes.
#include "kernel/modules/payments/expiry.hpp"

#include "kernel/modules/payments/waiting.hpp"
#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/seeded_bugs/seeded_bugs.hpp"

namespace florin {

void enqueue_expiry(Session& session, Jobs& jobs, const Settled& settled) {
  const Payment& payment = settled.payment;
  if (settled.changed && payment.status == PaymentStatus::kRequiresAction && !FLORIN_SEEDED_BUG(payer_forgotten))
    jobs.enqueue(session,
                 Job{"payer:" + payment.active_attempt, "ask_for_payer",
                     to_text(Json{{"merchant", payment.merchant}, {"attempt", payment.active_attempt}})},
                 micros(next_ask(payment.updated, action_end(payment, payment.updated), payment.updated)));
  if (!settled.changed || !payment.capture_before || FLORIN_SEEDED_BUG(expiry_forgotten)) return;
  jobs.enqueue(session,
               Job{"expire:" + payment.id, "expire_authorization",
                   to_text(Json{{"merchant", payment.merchant}, {"payment", payment.id}})},
               micros(*payment.capture_before));
}

}  // namespace florin
