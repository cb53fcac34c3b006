-- Meets the end of its memory, swallows that and goes on.
-- expects: KiB, its budget
return function()
  while true do
    pcall(function()
      local text = "0123456789abcdef"
      while true do text = text .. text end
    end)
  end
end
