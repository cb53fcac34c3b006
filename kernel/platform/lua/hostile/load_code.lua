-- Loads code at run time.
-- expects: attempt to call a nil value (global 'load')
return function()
  return load("return 1")()
end
