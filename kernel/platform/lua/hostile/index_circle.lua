-- Its __index leads to itself.
-- expects: loop
return function()
  local a, b = {}, {}
  setmetatable(a, { __index = b })
  setmetatable(b, { __index = a })
  return a.nothing
end
