-- Keeps something in a global.
-- expects: globals and libraries are frozen
return function()
  counter = (counter or 0) + 1
  return { routes = {} }
end
