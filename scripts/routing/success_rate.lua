-- Sends a payment to the account that has lately had most success; what is broken comes last.
-- given    merchant { accounts[].health, values.success_minimum }
-- answers  { routes = { account, ... }, reason = text }, first choice first
-- An account with fewer than values.success_minimum (20) recent payments is trusted as the best are: it
-- must be tried to be known. An open circuit is kept as the last resort; the kernel drops it while open.
local rank_of_circuit = { closed = 0, half_open = 1, open = 2 }

local function judged(account, minimum)
  local health = account.health
  local known = health.recent >= minimum
  return {
    name = account.name,
    rank = rank_of_circuit[health.circuit] or 2,
    success = known and health.success_per_mille or 1000,
    known = known,
    p50_ms = health.p50_ms,
  }
end

local function better(a, b)
  if a.rank ~= b.rank then return a.rank < b.rank end
  if a.success ~= b.success then return a.success > b.success end
  if a.p50_ms ~= b.p50_ms then return a.p50_ms < b.p50_ms end
  return a.name < b.name
end

return function(_, merchant)
  local minimum = merchant.values.success_minimum or 20
  local accounts, routes = {}, {}
  for _, account in ipairs(merchant.accounts) do table.insert(accounts, judged(account, minimum)) end
  table.sort(accounts, better)
  for i, account in ipairs(accounts) do routes[i] = account.name end
  local best = accounts[1]
  if not best then return { routes = {}, reason = "the merchant has no account" } end
  local why = best.known and best.success .. " of 1000 succeed" or "not known yet, so given a chance"
  return { routes = routes, reason = best.name .. " first: " .. why }
end
