-- Fills a table without end.
-- expects: stopped
return function()
  local hoard = {}
  for i = 1, math.maxinteger do hoard[i] = { i } end
end
