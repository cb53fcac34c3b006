-- A decision is found by its payment: an index less for each try, and room beside each row for its outcome.
alter table decisions drop constraint decisions_pkey;
alter table decisions set (fillfactor = 80);
