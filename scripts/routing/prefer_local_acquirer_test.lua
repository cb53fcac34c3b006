-- What routing/prefer_local_acquirer promises: the card's country first, the rest behind, none dropped.
local function answer(t, payment)
  return t.policy("routing/prefer_local_acquirer")(t.payment(payment), t.merchant({ accounts = {
    { name = "acme-jp", country = "JP", currencies = { JPY = true, EUR = true } },
    { name = "acme-pt", country = "PT", currencies = { EUR = true } },
    { name = "acme-us", country = "US", currencies = { USD = true } },
  } }))
end

return {
  ["the card's country comes first"] = function(t)
    t.equal(answer(t, { card = { country = "JP" } }).routes, { "acme-jp", "acme-pt", "acme-us" })
    t.equal(answer(t, { card = { country = "PT" } }),
      { routes = { "acme-pt", "acme-jp", "acme-us" }, reason = "local acquirer for PT" })
  end,
  ["a local account that does not take the currency is no local account"] = function(t)
    t.equal(answer(t, { currency = "EUR", card = { country = "US" } }).reason, "no local acquirer")
  end,
  ["a payment without a card goes by the payer's country"] = function(t)
    t.equal(answer(t, { card = false, method = "paypal", country = "JP" }).routes[1], "acme-jp")
  end,
  ["an unknown country keeps the order of the accounts"] = function(t)
    t.equal(answer(t, { card = { country = "" }, country = "" }),
      { routes = { "acme-jp", "acme-pt", "acme-us" }, reason = "no local acquirer" })
  end,
}
