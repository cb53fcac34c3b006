-- Its handler fails, for ever.
-- expects: stopped after
return function()
  while true do
    xpcall(error, function() error("again") end, "start")
  end
end
