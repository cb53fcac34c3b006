-- Reads a number of a million digits, again and again.
-- expects: stopped after
return function()
  local digits = ("9"):rep(1000000)
  while true do tonumber(digits); math.floor(digits .. "0") end
end
