-- Calls itself as the last thing it does, which needs no stack and has no loop.
-- expects: stopped after
return function()
  local function forever(n) return forever(n + 1) end
  return forever(0)
end
