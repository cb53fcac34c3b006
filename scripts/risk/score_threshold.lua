-- Decides by how high the fraud rules' scores are together.
-- given    signals { { rule, score, reasons }, ... }, merchant { values }
-- answers  { decision, score, reasons }
-- The score is the highest of all signals, or their sum up to 100 with values.score_by = "sum". From
-- values.challenge_at (40) on it asks for authentication, from review_at (60) for a person, from block_at
-- (85) it refuses.
local function total(signals, by)
  local highest, sum = 0, 0
  for _, signal in ipairs(signals) do
    highest = math.max(highest, signal.score)
    sum = math.min(sum + signal.score, 100)
  end
  if by == "sum" then return sum end
  if by == nil or by == "highest" then return highest end
  error("values.score_by is \"highest\" or \"sum\", not " .. tostring(by))
end

local function decision_at(score, values)
  if score >= (values.block_at or 85) then return "block" end
  if score >= (values.review_at or 60) then return "review" end
  if score >= (values.challenge_at or 40) then return "challenge" end
  return "allow"
end

return function(_, signals, merchant)
  local values, reasons = merchant.values, {}
  local score = total(signals, values.score_by)
  for _, signal in ipairs(signals) do
    for _, reason in ipairs(signal.reasons) do table.insert(reasons, signal.rule .. ": " .. reason) end
  end
  if #reasons == 0 then reasons = { "no rule has anything to say" } end
  return { decision = decision_at(score, values), score = score, reasons = reasons }
end
