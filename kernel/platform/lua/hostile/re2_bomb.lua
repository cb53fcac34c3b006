-- Asks RE2 for a large text and a large pattern, again and again.
-- expects: stopped after
return function()
  local text = ("a"):rep(2000)
  for i = 1, math.maxinteger do re2.match(text, "(a?){20}(a*)*b" .. i % 100) end
end
