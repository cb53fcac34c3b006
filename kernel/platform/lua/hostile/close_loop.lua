-- Asks for a closer that loops.
-- expects: a policy's metatable has no __close
return function()
  local guard <close> = setmetatable({}, { __close = function() while true do end end })
end
