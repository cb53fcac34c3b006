-- Replaces a function that others use.
-- expects: globals and libraries are frozen
return function()
  string.upper = function() return "stolen" end
end
