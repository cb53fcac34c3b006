-- Answers with a table that doubles on every level.
-- expects: holds more than 10000 values
return function()
  local t = {}
  for _ = 1, 30 do t = { t, t } end
  return t
end
