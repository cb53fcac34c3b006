-- Makes and drops large texts as fast as it can.
-- expects: stopped after
return function()
  while true do ("x"):rep(1000000) end
end
