-- Inserts at the front of an ever longer list.
-- expects: stopped after
return function()
  local list = {}
  while true do table.insert(list, 1, 0) end
end
