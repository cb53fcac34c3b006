-- Formats wide and many.
-- expects: stopped
return function()
  local text = ""
  while true do text = text .. string.format("%99d%99s%-99s", 1, "x", ("y"):rep(50000)) end
end
