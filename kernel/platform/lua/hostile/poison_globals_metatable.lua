-- Takes the freezing off _G.
-- expects: this metatable is protected
return function()
  setmetatable(_G, nil)
  _G.string = nil
end
