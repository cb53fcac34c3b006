-- Calls a value whose __call is a value whose __call is a value.
-- expects: stopped after
return function()
  local callee = function() end
  for _ = 1, 150 do callee = setmetatable({}, { __call = callee }) end
  while true do pcall(callee) end
end
