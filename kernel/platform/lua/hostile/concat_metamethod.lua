-- Joins values whose joining joins again.
-- expects: stack overflow
return function()
  local value = setmetatable({}, { __concat = function(left, right) return left .. right end })
  return value .. "x"
end
