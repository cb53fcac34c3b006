-- Loops for ever.
-- expects: stopped after 1000000 instructions
return function()
  while true do end
end
