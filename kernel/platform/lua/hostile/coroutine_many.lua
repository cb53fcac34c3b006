-- Keeps every coroutine that it makes.
-- expects: stopped
return function()
  local kept = {}
  while true do kept[#kept + 1] = coroutine.create(function() coroutine.yield() end) end
end
