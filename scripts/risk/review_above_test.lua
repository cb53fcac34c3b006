-- What risk/review_above promises: limits to the minor unit, in the payment's own currency.
local function answer(t, payment, values, signals)
  return t.policy("risk/review_above")(t.payment(payment), t.signals(signals), t.merchant({ values = values }))
end

return {
  ["a payment up to the limit is allowed, one cent more is reviewed"] = function(t)
    t.equal(answer(t, { amount_minor = 50000 }, { review_above = "500.00" }).decision, "allow")
    t.equal(answer(t, { amount_minor = 50001 }, { review_above = "500.00" }),
      { decision = "review", score = 0, reasons = { "large payments are reviewed above 500.00 EUR" } })
  end,
  ["an unknown customer has a limit of its own"] = function(t)
    local values = { review_above = "500.00", new_customer_above = "50.00" }
    t.equal(answer(t, { amount_minor = 6000 }, values).decision, "allow")
    t.equal(answer(t, { amount_minor = 6000, customer_id = "" }, values).reasons,
      { "payments of unknown customers are reviewed above 50.00 EUR" })
  end,
  ["each currency has its own limit"] = function(t)
    local values = { review_above = { EUR = "500.00", JPY = "80000" } }
    t.equal(answer(t, { currency = "JPY", amount_minor = 80000 }, values).decision, "allow")
    t.equal(answer(t, { currency = "JPY", amount_minor = 80001 }, values).decision, "review")
  end,
  ["a currency without a limit is reviewed"] = function(t)
    t.equal(answer(t, { currency = "USD", amount_minor = 100 }, { review_above = "500.00" }),
      { decision = "review", score = 0, reasons = { "no limit for large payments is set in USD" } })
  end,
  ["without limits everything is within them"] = function(t)
    t.equal(answer(t, { amount_minor = 100000000 }, {}).decision, "allow")
  end,
  ["a high score is refused whatever the amount"] = function(t)
    t.equal(answer(t, { amount_minor = 100 }, { review_above = "500.00" }, { velocity = 85 }).decision, "block")
  end,
  ["a limit that is no amount fails, so that `otherwise` holds"] = function(t)
    t.fails(function() answer(t, {}, { review_above = "500" }) end, "amount")
  end,
}
