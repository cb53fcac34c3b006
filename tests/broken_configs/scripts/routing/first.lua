-- A policy for the broken configurations to name rightly or wrongly.
-- given    payment, merchant { accounts }
-- answers  { routes = { account } }
return function(_, merchant)
  return { routes = { merchant.accounts[1].name } }
end
