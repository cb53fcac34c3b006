-- Merchant first: without statistics, as in a new database, PostgreSQL took the index by age to find one payment's
-- decision, and read all that the merchant ever decided.
drop index decisions_by_payment;
create index decisions_by_payment on decisions (merchant, payment_id);
