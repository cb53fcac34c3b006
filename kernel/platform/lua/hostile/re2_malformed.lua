-- Asks RE2 for a pattern that is none.
-- expects: re2
return function()
  return re2.match("a", "(")
end
