-- Answers with a number that is none.
-- expects: holds a number that is not finite
return function()
  return { score = 0 / 0 }
end
