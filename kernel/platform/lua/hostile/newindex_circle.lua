-- Assigns through two tables that each send the assignment to the other.
-- expects: '__newindex' chain too long
return function()
  local a, b = {}, {}
  setmetatable(a, { __newindex = b })
  setmetatable(b, { __newindex = a })
  a.x = 1
end
