-- Says that it is 2^53 long.
-- expects: without a metatable
return function()
  local t = setmetatable({}, { __len = function() return 1 << 53 end, __index = rawlen, __newindex = rawequal })
  table.sort(t)
end
