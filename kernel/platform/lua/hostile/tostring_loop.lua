-- Loops while it is made text.
-- expects: stopped after 1000000 instructions
return function()
  return tostring(setmetatable({}, { __tostring = function() while true do end end }))
end
