-- One index for each payment instead of two: its id is looked for within its merchant's. Room beside each row
-- for what it becomes. An attempt that was approved names the event that told of it, in which its caller's
-- answer stands; '' : none did.
alter table payments drop constraint payments_pkey;
drop index payments_by_merchant;
alter table payments add primary key (merchant, id);
alter table payments set (fillfactor = 60);
alter table attempts set (fillfactor = 60);
alter table attempts add column told text not null default '';
