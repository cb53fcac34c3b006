-- Answers with a list that is also an object.
-- expects: holds a list that also has named members
return function()
  return { "a", "b", reason = "both" }
end
