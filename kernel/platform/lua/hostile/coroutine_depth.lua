-- Resumes coroutines from coroutines without end.
-- expects: coroutine_depth.lua:3:
local function down() return coroutine.wrap(down)() end
return function() return down() end
