-- Compares values that take turns in asking each other, under pcall.
-- expects: stopped after
return function()
  local a, b
  local order = { __lt = function() while true do pcall(function() return b < a end) end end }
  a, b = setmetatable({}, order), setmetatable({}, order)
  return a < b
end
