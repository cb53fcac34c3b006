-- Answers with bytes that are no text.
-- expects: holds text that is not UTF-8
return function()
  return { reason = "\xc3\x28" }
end
