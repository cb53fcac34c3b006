-- Who pays, one row a merchant and e-mail address (or telephone number, or neither when made without).
create table customers (
  id       text   not null primary key,
  merchant text   not null,
  email    text   not null,
  phone    text   not null,
  name     text   not null,
  created  bigint not null
);
create unique index customers_by_email on customers (merchant, email) where email <> '';
create index customers_by_phone on customers (merchant, phone) where phone <> '';
