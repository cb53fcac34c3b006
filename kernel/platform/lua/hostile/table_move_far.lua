-- Moves 2^60 nothings.
-- expects: stopped after 1000000 instructions
return function()
  return table.move({}, 1, 1 << 60, 2)
end
