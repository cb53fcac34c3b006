-- Sorts a list of one long text, which costs much and shows no instruction.
-- expects: stopped after
return function()
  local text, list = ("x"):rep(1000000), {}
  for i = 1, 20000 do list[i] = text end
  table.sort(list)
end
