-- Tries the accounts that the payment's metadata names, in order: the simulation draws them.
-- given    payment { metadata.route }
-- answers  { routes = { account, ... }, reason = text }
return function(payment)
  local routes = {}
  for name in string.gmatch(payment.metadata.route, "[%w-]+") do table.insert(routes, name) end
  return { routes = routes, reason = "as the payment says" }
end
