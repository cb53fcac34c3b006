-- Raises a table.
-- expects: raised a table where error() wants a sentence
return function()
  error({ code = 1 })
end
