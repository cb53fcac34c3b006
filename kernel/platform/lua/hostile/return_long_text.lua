-- Answers with more text than anybody reads.
-- expects: holds more than 256 KiB of text
return function()
  return { reason = ("x"):rep(500000) }
end
