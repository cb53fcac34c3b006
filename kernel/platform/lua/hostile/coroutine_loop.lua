-- Loops inside a coroutine.
-- expects: stopped after 1000000 instructions
return function()
  coroutine.wrap(function() while true do end end)()
end
