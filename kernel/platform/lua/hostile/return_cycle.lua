-- Answers with a table that contains itself.
-- expects: at a.b.c holds a table that contains itself
return function()
  local t = { a = { b = {} } }
  t.a.b.c = t
  return t
end
