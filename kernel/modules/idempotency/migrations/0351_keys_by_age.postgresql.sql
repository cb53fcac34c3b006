-- Rows come in the order of their age: an index of page ranges does for forgetting them, and costs a payment
-- next to nothing.
drop index idempotency_keys_by_age;
create index idempotency_keys_by_age on idempotency_keys using brin (created);
-- Room beside each row for what it becomes: then an update writes no index.
alter table idempotency_keys set (fillfactor = 60);
