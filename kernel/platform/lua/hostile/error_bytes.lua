-- Raises bytes that are no text, and a lot of them.
-- expects: ?????
return function()
  error(("\xff\0\27"):rep(100000), 0)
end
