-- A backtracking bomb in find.
-- expects: stopped after
return function()
  return string.find(("a"):rep(120), ("a-"):rep(5) .. "b")
end
