-- Raises nothing at all.
-- expects: raised a nil where error() wants a sentence
return function()
  error()
end
