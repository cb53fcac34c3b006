-- Asks for a finalizer, which Lua runs with its hooks off.
-- expects: a policy's metatable has no __gc
return function()
  setmetatable({}, { __gc = function() error("from __gc") end })
  while true do local _ = {} end
end
