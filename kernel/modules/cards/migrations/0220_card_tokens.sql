-- One-time card tokens: the number sealed under the vault, never a CVC.
create table card_tokens (
  id       text   not null primary key,
  merchant text   not null,
  sealed   text   not null,
  face     text   not null,
  boot     text   not null,
  created  bigint not null,
  expires  bigint not null,
  used_by  text   not null
);
create index card_tokens_by_age on card_tokens (expires);
