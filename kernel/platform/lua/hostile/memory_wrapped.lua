-- Meets the end of its memory inside wrapped coroutines, in pcall.
-- expects: stopped
return function()
  while true do
    pcall(coroutine.wrap(function()
      local hoard = {}
      while true do hoard[#hoard + 1] = ("x"):rep(100000) .. #hoard end
    end))
  end
end
