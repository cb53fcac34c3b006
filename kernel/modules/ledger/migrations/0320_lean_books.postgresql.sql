-- One index less for each line of the books: every capture writes two or four.
alter table ledger_entries drop constraint ledger_entries_pkey;
alter table ledger_entries add primary key (merchant, id);
drop index ledger_entries_by_merchant;
