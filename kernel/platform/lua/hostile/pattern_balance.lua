-- Looks for a balance that never comes, from every start.
-- expects: stopped after
return function()
  return (("("):rep(100000)):find("%b()")
end
