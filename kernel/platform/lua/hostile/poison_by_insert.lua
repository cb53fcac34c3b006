-- Writes into a library as if it were a list.
-- expects: without a metatable
return function()
  table.insert(string, "stolen")
end
