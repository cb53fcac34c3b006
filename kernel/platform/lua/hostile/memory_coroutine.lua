-- Meets the end of its memory inside coroutines.
-- expects: stopped
return function()
  while true do
    coroutine.resume(coroutine.create(function()
      local text = "0123456789abcdef"
      while true do text = text .. text end
    end))
  end
end
