-- Stops the collector.
-- expects: attempt to call a nil value (global 'collectgarbage')
return function()
  collectgarbage("stop")
end
