-- What risk/velocity_by_card promises: only velocity decides, and only a card can be challenged.
local function answer(t, payment, signals, values)
  return t.policy("risk/velocity_by_card")(t.payment(payment), t.signals(signals), t.merchant({ values = values or {} }))
end

return {
  ["a quiet payment is allowed"] = function(t)
    t.equal(answer(t, {}, { velocity = 49 }).decision, "allow")
    t.equal(answer(t, {}, {}), { decision = "allow", score = 0, reasons = { "no unusual number of payments" } })
  end,
  ["a busy card is challenged, another busy method waits for a person"] = function(t)
    t.equal(answer(t, {}, { velocity = 50 }).decision, "challenge")
    t.equal(answer(t, { card = false, method = "paypal" }, { velocity = 50 }).decision, "review")
  end,
  ["far too many are refused"] = function(t)
    t.equal(answer(t, {}, { velocity = 80 }).decision, "block")
    t.equal(answer(t, {}, { velocity = 60 }, { velocity_block_at = 60 }).decision, "block")
  end,
  ["other rules do not decide"] = function(t)
    t.equal(answer(t, {}, { amount_outlier = 100 }).decision, "allow")
  end,
  ["the rule's own reasons are given"] = function(t)
    local signal = { rule = "velocity", score = 90, reasons = { "9 payments by this card in 60 s" } }
    t.equal(answer(t, {}, { signal }), { decision = "block", score = 90, reasons = { "9 payments by this card in 60 s" } })
  end,
}
