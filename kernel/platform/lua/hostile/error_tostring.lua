-- Raises an object whose text takes for ever.
-- expects: raised a table where error() wants a sentence
return function()
  error(setmetatable({}, { __tostring = function() while true do end end }))
end
