-- Resumes looping coroutines one after the other.
-- expects: stopped after 1000000 instructions
return function()
  while true do
    coroutine.resume(coroutine.create(function() while true do end end))
  end
end
