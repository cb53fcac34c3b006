-- Loops in the handler of its own error.
-- expects: stopped after 1000000 instructions
return function()
  xpcall(error, function() while true do end end, "start")
end
