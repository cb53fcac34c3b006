-- A backtracking bomb in match.
-- expects: stopped after
return function()
  return (("a"):rep(24)):match(("a?"):rep(24) .. ("a"):rep(24) .. "b")
end
