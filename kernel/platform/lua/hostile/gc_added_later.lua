-- Adds the finalizer to the metatable afterwards; garbage must not run it.
-- expects: stopped after
return function()
  local ran = false
  local mt = {}
  for _ = 1, 1000 do setmetatable({}, mt) end
  mt.__gc = function() ran = true end
  for _ = 1, 1000 do setmetatable({}, getmetatable(setmetatable({}, { __index = mt }))) end
  while not ran do local _ = {} end
  return {}
end
