-- Repeats nothing 2^62 times, which is a loop in C; then loops itself.
-- expects: stopped after
return function()
  while true do (""):rep(1 << 62) end
end
