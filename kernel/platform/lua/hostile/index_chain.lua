-- Follows __index from table to table.
-- expects: stopped after
return function()
  local last = {}
  for _ = 1, 1900 do last = setmetatable({}, { __index = last }) end
  while true do local _ = last.nothing end
end
