-- Answers a small table that is enormous once it is written out: each level names the one below ten times.
-- expects: holds more than 10000 values
return function()
  local level = { "x" }
  for _ = 1, 12 do
    local wider = {}
    for i = 1, 10 do wider[i] = level end
    level = wider
  end
  return { routes = level }
end
