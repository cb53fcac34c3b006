-- Fills a table with keys that are all new texts.
-- expects: its budget
return function()
  local list, n = {}, 0
  while true do
    n = n + 1
    list["a name that nobody has used before, number " .. n] = true
  end
end
