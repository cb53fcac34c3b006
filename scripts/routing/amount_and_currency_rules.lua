-- Routes by a table of rules in the merchant's YAML: the first one that fits the payment decides.
-- given    payment { amount_minor, currency, method, card.brand }, merchant { accounts, values.rules }
-- answers  { routes = { account, ... }, reason = text }, first choice first
-- A rule is { currency?, method?, brand?, from?, below?, accounts }; `from` and `below` are amounts as text
-- ("500.00") in the rule's currency, so a rule that has one names its currency too.
local function fits(rule, payment)
  local brand = payment.card and payment.card.brand
  if rule.currency and rule.currency ~= payment.currency then return false end
  if rule.method and rule.method ~= payment.method then return false end
  if rule.brand and rule.brand ~= brand then return false end
  if (rule.from or rule.below) and not rule.currency then
    error("a rule with `from` or `below` needs a `currency`: an amount without one means nothing")
  end
  if rule.from and payment.amount_minor < money.minor(rule.from, rule.currency) then return false end
  if rule.below and payment.amount_minor >= money.minor(rule.below, rule.currency) then return false end
  return true
end

return function(payment, merchant)
  for number, rule in ipairs(merchant.values.rules or {}) do
    if fits(rule, payment) then
      return { routes = rule.accounts, reason = "rule " .. number .. " fits " .. payment.amount_text .. " " .. payment.currency }
    end
  end
  local all = {}
  for _, account in ipairs(merchant.accounts) do table.insert(all, account.name) end
  return { routes = all, reason = "no rule fits: every account by name" }
end
