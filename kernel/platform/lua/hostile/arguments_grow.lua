-- Hands on one argument more with each call.
-- expects: stopped
return function()
  local function more(...) return more(..., select("#", ...), ...) end
  while true do pcall(more, 1, 2, 3) end
end
