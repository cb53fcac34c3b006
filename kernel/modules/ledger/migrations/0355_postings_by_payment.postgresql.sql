-- Merchant first, as on SQLite: the primary key, which begins with it too, is then never taken for it.
drop index ledger_postings_by_payment;
create index ledger_postings_by_payment on ledger_postings (merchant, payment_id);
