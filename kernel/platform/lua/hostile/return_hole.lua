-- Answers with a list that has a hole.
-- expects: which it must not
return function()
  return { routes = { [2] = "b" } }
end
