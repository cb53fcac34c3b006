-- Walks by an iterator of its own, which never comes to an end.
-- expects: stopped after
return function()
  for _ in function() return 1 end do end
end
