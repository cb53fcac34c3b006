-- A backtracking bomb in gsub.
-- expects: stopped after
return function()
  return (string.gsub(("a"):rep(400), ".-.-.-b", "x"))
end
