-- A policy for the broken configurations to name rightly or wrongly.
-- given    nothing that it looks at
-- answers  { decision = "allow" }
return function()
  return { decision = "allow" }
end
