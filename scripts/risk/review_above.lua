-- Has a person look at large payments, at smaller ones of payers that the merchant does not know.
-- given    payment { amount_minor, currency, customer_id }, signals, merchant { currency, values }
-- answers  { decision, score, reasons }
-- values.review_above and values.new_customer_above are amounts as text, for the merchant's own currency
-- ("500.00") or for several ({ EUR = "500.00", JPY = "80000" }). A payment in a currency that has no limit
-- is reviewed: no limit was meant to be unlimited. values.block_at (85) refuses by the rules' scores.
local function limit_of(setting, payment, merchant)
  if setting == nil then return nil end
  local amounts = type(setting) == "table" and setting or { [merchant.currency] = setting }
  local text = amounts[payment.currency]
  return text and money.minor(text, payment.currency) or -1
end

local function highest(signals)
  local score = 0
  for _, signal in ipairs(signals) do score = math.max(score, signal.score) end
  return score
end

return function(payment, signals, merchant)
  local values, score = merchant.values, highest(signals)
  if score >= (values.block_at or 85) then
    return { decision = "block", score = score, reasons = { "a fraud rule scores " .. score } }
  end
  local limits = { { values.review_above, "large payments" } }
  if payment.customer_id == "" then table.insert(limits, { values.new_customer_above, "payments of unknown customers" }) end
  for _, limit in ipairs(limits) do
    local minor = limit_of(limit[1], payment, merchant)
    if minor == -1 then
      return { decision = "review", score = score, reasons = { "no limit for " .. limit[2] .. " is set in " .. payment.currency } }
    elseif minor and payment.amount_minor > minor then
      local reason = limit[2] .. " are reviewed above " .. money.text(minor, payment.currency) .. " " .. payment.currency
      return { decision = "review", score = score, reasons = { reason } }
    end
  end
  return { decision = "allow", score = score, reasons = { "within the limits" } }
end
