-- Replaces by a function that replaces by itself.
-- expects: stopped after
return function()
  local function again() return (("ab"):gsub(".", again)) end
  while true do pcall(again) end
end
