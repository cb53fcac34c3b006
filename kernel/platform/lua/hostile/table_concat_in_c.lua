-- Concatenates a table whose elements are made by concat itself: a loop without instructions.
-- expects: without a metatable
return function()
  local t = setmetatable({}, { __index = table.concat })
  return table.concat(t, "", 1, 1 << 62)
end
