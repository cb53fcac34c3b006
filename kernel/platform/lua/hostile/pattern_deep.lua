-- A pattern that is deeper than the matcher goes.
-- expects: pattern too complex
return function()
  return (("a"):rep(500)):match(("a?"):rep(300) .. "b")
end
