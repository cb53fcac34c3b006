-- Swallows the end of its budget on many levels at once.
-- expects: stopped after 1000000 instructions
local function down(level)
  if level == 0 then while true do end end
  pcall(down, level - 1)
  while true do end
end
return function() return down(100) end
