-- Answers with very deep nesting.
-- expects: holds more than 32 levels
return function()
  local t = {}
  for _ = 1, 100 do t = { t } end
  return t
end
