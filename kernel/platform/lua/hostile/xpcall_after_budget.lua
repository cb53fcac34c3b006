-- Its handler hopes to be asked when the budget ends.
-- expects: stopped after 1000000 instructions
return function()
  xpcall(function() while true do end end, function() while true do end end)
  return { routes = {} }
end
