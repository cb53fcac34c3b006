-- Loops by goto.
-- expects: stopped after 1000000 instructions
return function()
  ::again::
  goto again
end
