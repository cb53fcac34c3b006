-- Loops in a coroutine that the chunk made before the policy ran.
-- expects: stopped after 1000000 instructions
local early = coroutine.create(function()
  coroutine.yield()
  while true do end
end)
coroutine.resume(early)
return function()
  while true do coroutine.resume(early) end
end
