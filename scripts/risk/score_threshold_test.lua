-- What risk/score_threshold promises: each threshold includes its own number, and reasons are passed on.
local function answer(t, signals, values)
  return t.policy("risk/score_threshold")(t.payment(), t.signals(signals), t.merchant({ values = values or {} }))
end

return {
  ["each decision begins at its threshold"] = function(t)
    local expected = { [0] = "allow", [39] = "allow", [40] = "challenge", [59] = "challenge", [60] = "review",
      [84] = "review", [85] = "block", [100] = "block" }
    for score, decision in pairs(expected) do
      t.equal(answer(t, { velocity = score }).decision, decision, "score " .. score)
    end
  end,
  ["the highest signal counts"] = function(t)
    t.equal(answer(t, { velocity = 30, amount_outlier = 50 }).score, 50)
  end,
  ["signals can be summed, up to a hundred"] = function(t)
    t.equal(answer(t, { velocity = 30, amount_outlier = 50 }, { score_by = "sum" }).score, 80)
    t.equal(answer(t, { velocity = 70, amount_outlier = 50 }, { score_by = "sum" }).score, 100)
  end,
  ["a merchant sets its own thresholds"] = function(t)
    t.equal(answer(t, { velocity = 20 }, { block_at = 20 }).decision, "block")
  end,
  ["reasons name the rule that gave them"] = function(t)
    local signal = { rule = "velocity", score = 50, reasons = { "5 payments in a minute" } }
    t.equal(answer(t, { signal }).reasons, { "velocity: 5 payments in a minute" })
    t.equal(answer(t, {}), { decision = "allow", score = 0, reasons = { "no rule has anything to say" } })
  end,
  ["a word that is no way to count fails"] = function(t)
    t.fails(function() answer(t, {}, { score_by = "average" }) end, "not average")
  end,
}
