-- An id is the merchant's own: two merchants may well call different customers the same, and neither must
-- learn of the other by it (law 6).
create table own_customers (
  id       text   not null,
  merchant text   not null,
  email    text   not null,
  phone    text   not null,
  name     text   not null,
  created  bigint not null,
  primary key (merchant, id)
);
insert into own_customers select id, merchant, email, phone, name, created from customers;
drop table customers;
alter table own_customers rename to customers;
create unique index customers_by_email on customers (merchant, email) where email <> '';
create index customers_by_phone on customers (merchant, phone) where phone <> '';
