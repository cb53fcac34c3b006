-- Replaces each character by two, until the memory ends.
-- expects: its budget
return function()
  local text = "x"
  while true do text = text:gsub(".", "%0%0") end
end
