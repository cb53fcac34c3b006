-- How often api_keys has changed: what a node looks at to learn that another has made or ended a key.
create table api_key_changes (
  id      bigint not null primary key,
  version bigint not null
);
insert into api_key_changes (id, version) values (1, 0);
