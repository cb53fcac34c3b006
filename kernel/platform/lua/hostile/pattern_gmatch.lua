-- A backtracking bomb in gmatch.
-- expects: stopped after
return function()
  for _ in string.gmatch(("a"):rep(400), ".-.-.-b") do end
end
