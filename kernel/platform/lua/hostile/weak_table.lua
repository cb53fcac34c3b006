-- Asks for a weak table.
-- expects: a policy's metatable has no __mode
return function()
  return setmetatable({}, { __mode = "k" })
end
