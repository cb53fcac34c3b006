-- A set of characters that is compared again and again.
-- expects: stopped after
return function()
  local set = "[" .. ("b"):rep(1900) .. "]*c"
  while true do string.find(("a"):rep(100000), set) end
end
