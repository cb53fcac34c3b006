-- Wants the operating system.
-- expects: attempt to index a nil value (global 'os')
return function()
  return os.execute("true")
end
