-- Counts to the last integer that there is, and from it, in steps that would step over it.
-- expects: stopped after
return function()
  for _ = 1, 10 do for _ = math.mininteger, math.maxinteger, 1 do end end
end
