-- Asks for a gigabyte in one call.
-- expects: resulting string too large
return function()
  return ("x"):rep(2 ^ 30 | 0)
end
