-- Sends a payment to acquirers in the card's own country first, where more cards are approved.
-- given    payment { card.country, country, currency }, merchant { accounts }
-- answers  { routes = { account, ... }, reason = text }, first choice first; the console shows the reason
-- A payment without a card counts as one from the payer's own country.
return function(payment, merchant)
  local home = payment.card and payment.card.country or payment.country
  local near, far = {}, {}
  for _, account in ipairs(merchant.accounts) do
    local is_local = home ~= "" and account.country == home and account.currencies[payment.currency]
    table.insert(is_local and near or far, account.name)
  end
  local reason = #near > 0 and "local acquirer for " .. home or "no local acquirer"
  return { routes = table.move(far, 1, #far, #near + 1, near), reason = reason }
end
