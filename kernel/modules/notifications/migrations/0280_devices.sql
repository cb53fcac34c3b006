-- Devices that registered for push messages: the token sealed, and its keyed fingerprint to find it by.
create table devices (
  id          text   not null primary key,
  merchant    text   not null,
  notifier    text   not null,
  token       text   not null,
  fingerprint text   not null,
  created     bigint not null,
  unique (merchant, notifier, fingerprint)
);
