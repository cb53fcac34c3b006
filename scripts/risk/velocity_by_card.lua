-- Slows down whoever pays too often, as the `velocity` rule counts it; other rules are only recorded.
-- given    payment { method, amount_text, currency }, signals, merchant { values }
-- answers  { decision, score, reasons }
-- From values.velocity_challenge_at (50) on a card must authenticate and another method waits for a person;
-- from values.velocity_block_at (80) the payment is refused.
local function velocity_of(signals)
  local score, reasons = 0, {}
  for _, signal in ipairs(signals) do
    if signal.rule == "velocity" and signal.score > score then
      score, reasons = signal.score, signal.reasons
    end
  end
  return score, reasons
end

return function(payment, signals, merchant)
  local values = merchant.values
  local score, reasons = velocity_of(signals)
  local decision = "allow"
  if score >= (values.velocity_block_at or 80) then
    decision = "block"
  elseif score >= (values.velocity_challenge_at or 50) then
    decision = payment.card and "challenge" or "review"
  end
  if #reasons == 0 then reasons = { "no unusual number of payments" } end
  return { decision = decision, score = score, reasons = reasons }
end
