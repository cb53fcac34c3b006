-- Changes the metatable of all texts.
-- expects: attempt to index a boolean value
return function()
  getmetatable("").__index.upper = function() return "stolen" end
end
