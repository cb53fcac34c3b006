-- Adds the closer to the metatable afterwards.
-- expects: got a non-closable value
return function()
  local mt = {}
  local guarded = setmetatable({}, mt)
  mt.__close = function() while true do end end
  getmetatable(guarded).__close = mt.__close
  local guard <close> = guarded
end
