-- A plain search that is quadratic when done naively, over and over.
-- expects: stopped after
return function()
  local text, wanted = ("a"):rep(900000), ("a"):rep(400000) .. "b"
  while true do text:find(wanted, 1, true) end
end
