-- Doubles a text until the memory ends.
-- expects: KiB, its budget
return function()
  local text = "x"
  while true do text = text .. text end
end
