-- Answers with a function.
-- expects: holds a function, which it must not
return function()
  return { routes = { function() end } }
end
