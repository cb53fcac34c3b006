-- What routing/amount_and_currency_rules promises: the first rule that fits, amounts to the minor unit.
local function answer(t, payment, rules)
  return t.policy("routing/amount_and_currency_rules")(t.payment(payment), t.merchant({
    values = { rules = rules },
    accounts = { { name = "a" }, { name = "b" } },
  }))
end

return {
  ["the first rule that fits decides"] = function(t)
    local rules = { { currency = "USD", accounts = { "a" } }, { currency = "EUR", accounts = { "b" } }, { accounts = { "a" } } }
    t.equal(answer(t, { currency = "EUR" }, rules), { routes = { "b" }, reason = "rule 2 fits 12.00 EUR" })
  end,
  ["from is included and below is not, to the minor unit"] = function(t)
    local rules = { { currency = "EUR", from = "10.00", below = "500.00", accounts = { "b", "a" } } }
    t.equal(answer(t, { amount_minor = 999 }, rules).reason, "no rule fits: every account by name")
    t.equal(answer(t, { amount_minor = 1000 }, rules).routes, { "b", "a" })
    t.equal(answer(t, { amount_minor = 49999 }, rules).routes, { "b", "a" })
    t.equal(answer(t, { amount_minor = 50000 }, rules).routes, { "a", "b" })
  end,
  ["amounts are read in the places of their currency"] = function(t)
    local rules = { { currency = "JPY", from = "1000", accounts = { "b" } } }
    t.equal(answer(t, { currency = "JPY", amount_minor = 1000 }, rules).routes, { "b" })
  end,
  ["a rule can ask for a method and a brand"] = function(t)
    local rules = { { method = "card", brand = "amex", accounts = { "b" } } }
    t.equal(answer(t, { card = { brand = "amex" } }, rules).routes, { "b" })
    t.equal(answer(t, { card = false, method = "cash" }, rules).routes, { "a", "b" })
  end,
  ["an amount without a currency fails, so that `otherwise` holds"] = function(t)
    t.fails(function() answer(t, {}, { { from = "10.00", accounts = { "b" } } }) end, "needs a `currency`")
  end,
  ["an amount that does not fit its currency fails"] = function(t)
    t.fails(function() answer(t, {}, { { currency = "EUR", from = "10", accounts = { "b" } } }) end, "amount")
  end,
}
