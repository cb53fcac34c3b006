-- Requires a module.
-- expects: attempt to call a nil value (global 'require')
return function()
  return require("io")
end
