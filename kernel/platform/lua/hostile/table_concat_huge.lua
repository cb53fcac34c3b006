-- Concatenates one large text many times.
-- expects: KiB, its budget
return function()
  local big, parts = ("x"):rep(100000), {}
  for i = 1, 1000 do parts[i] = big end
  return table.concat(parts)
end
