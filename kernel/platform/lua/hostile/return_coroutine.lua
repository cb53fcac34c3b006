-- Answers with a coroutine.
-- expects: holds a thread, which it must not
return function()
  return { route = coroutine.create(function() end) }
end
