-- Compares long equal texts.
-- expects: stopped after
return function()
  local a, b = ("x"):rep(1000000), ("x"):rep(999999) .. "x"
  while true do if a < b then return {} end end
end
