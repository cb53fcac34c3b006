-- An id is the merchant's own: two merchants may well call different customers the same, and neither must
-- learn of the other by it (law 6).
alter table customers drop constraint customers_pkey;
alter table customers add primary key (merchant, id);
