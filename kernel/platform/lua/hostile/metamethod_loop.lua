-- Loops in a metamethod.
-- expects: stopped after 1000000 instructions
return function()
  local t = setmetatable({}, { __add = function() while true do end end })
  return t + 1
end
