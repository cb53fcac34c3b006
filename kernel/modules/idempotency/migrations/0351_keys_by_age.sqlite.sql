-- Rows come in the order of their age, which is all that forgetting them needs: an index less for each payment.
drop index idempotency_keys_by_age;
