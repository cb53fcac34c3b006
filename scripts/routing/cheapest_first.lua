-- Sends a payment to the account that charges least for it.
-- given    payment { amount_minor, currency }, merchant { accounts, values.fees }
-- answers  { routes = { account, ... }, reason = text }, first choice first
-- values.fees[account] is { basis_points, fixed? }: hundredths of a percent, and for each currency an amount
-- as text, as in { basis_points = 140, fixed = { EUR = "0.25" } }. An account without fees comes last.
local function fee_of(account, payment, fees)
  local fee = fees[account.name]
  if not fee then return nil end
  local fixed = fee.fixed and fee.fixed[payment.currency]
  local share = money.share(payment.amount_minor, fee.basis_points or 0, 10000)
  return share + (fixed and money.minor(fixed, payment.currency) or 0)
end

return function(payment, merchant)
  local fees, priced, routes = merchant.values.fees or {}, {}, {}
  for _, account in ipairs(merchant.accounts) do
    table.insert(priced, { name = account.name, fee = fee_of(account, payment, fees) })
  end
  table.sort(priced, function(a, b)
    local of_a, of_b = a.fee or math.maxinteger, b.fee or math.maxinteger
    if of_a ~= of_b then return of_a < of_b end
    return a.name < b.name
  end)
  for i, account in ipairs(priced) do routes[i] = account.name end
  local best = priced[1]
  if not best or not best.fee then return { routes = routes, reason = "no account has fees: by name" } end
  return { routes = routes, reason = best.name .. " charges least: " .. money.text(best.fee, payment.currency) .. " " .. payment.currency }
end
