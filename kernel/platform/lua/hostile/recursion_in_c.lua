-- Calls itself through gsub, which needs the C stack.
-- expects: C stack overflow
local function down() return (("x"):gsub("x", down)) end
return function() return down() end
