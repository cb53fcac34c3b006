-- Sorts by a comparator that always says yes, for ever.
-- expects: stopped after
return function()
  local list = {}
  for i = 1, 1000 do list[i] = i end
  while true do table.sort(list, function() return true end) end
end
