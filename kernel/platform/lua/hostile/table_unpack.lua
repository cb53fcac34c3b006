-- Unpacks more than any stack holds, in pcall.
-- expects: stopped after
return function()
  while true do pcall(table.unpack, {}, 1, 9999) end
end
