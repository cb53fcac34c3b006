-- Tries a merchant's accounts in the order that its YAML states, always the same.
-- given    payment { method, currency }, merchant { accounts, values.order }
-- answers  { routes = { account, ... }, reason = text }, first choice first
-- Accounts that values.order does not name come last, by name, so that a new one is never forgotten.
local function position_in(order)
  local position = {}
  for i, name in ipairs(order) do position[name] = i end
  return position
end

return function(_, merchant)
  local order = merchant.values.order or {}
  local position = position_in(order)
  local routes = {}
  for _, account in ipairs(merchant.accounts) do table.insert(routes, account.name) end
  table.sort(routes, function(a, b)
    local of_a, of_b = position[a] or math.huge, position[b] or math.huge
    if of_a ~= of_b then return of_a < of_b end
    return a < b
  end)
  return { routes = routes, reason = #order > 0 and "in the merchant's own order" or "by name: no order is set" }
end
