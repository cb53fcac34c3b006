-- Makes coroutines that each end before a hook would look at them, inside of each other.
-- expects: stopped after
local function spread(level)
  for _ = 1, 15 do
    coroutine.wrap(function() if level > 0 then spread(level - 1) end end)()
  end
end
return function() spread(12) end
