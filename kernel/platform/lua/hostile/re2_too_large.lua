-- Asks RE2 for a pattern that would fill the memory.
-- expects: re2
return function()
  return re2.match("a", "((a{100}){100}){100}")
end
