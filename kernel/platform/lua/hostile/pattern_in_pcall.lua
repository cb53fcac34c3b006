-- A backtracking bomb that pcall tries to outlive.
-- expects: stopped after
return function()
  while true do
    pcall(string.find, ("a"):rep(400), ".-.-.-b")
  end
end
