-- What a policy test is given as `t`: policies to call, builders with sensible defaults, and checks.
-- given    load_policy, a function of a policy's name (the kernel runs the policy in its own cage)
-- answers  t, as scripts/README.md describes it
local places = { JPY = 0, KRW = 0, VND = 0, BHD = 3, KWD = 3, TND = 3 }

-- These are sets or free text by name: a test that gives one means exactly that one.
local whole = { currencies = true, methods = true, metadata = true, values = true }

-- A copy of `defaults` with `overrides` laid over it; `false` removes a field.
local function laid_over(defaults, overrides)
  local result = {}
  for key, value in pairs(defaults) do result[key] = value end
  for key, value in pairs(overrides or {}) do
    local both_tables = type(value) == "table" and type(defaults[key]) == "table"
    if value == false then
      result[key] = nil
    elseif both_tables and not whole[key] and #value == 0 then
      result[key] = laid_over(defaults[key], value)
    else
      result[key] = value
    end
  end
  return result
end

local function shown(value)
  if type(value) == "string" then return string.format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts, length = {}, #value
  for key, member in pairs(value) do
    local is_position = math.type(key) == "integer" and key >= 1 and key <= length
    table.insert(parts, (is_position and "" or tostring(key) .. " = ") .. shown(member))
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- The first place where two values differ, as a sentence; nil when they do not.
local function difference(actual, expected, path)
  if type(actual) ~= "table" or type(expected) ~= "table" then
    if actual == expected and math.type(actual) == math.type(expected) then return nil end
    local place = path == "" and "" or "at " .. path .. ": "
    return place .. "expected " .. shown(expected) .. ", got " .. shown(actual)
  end
  local keys = {}
  for key in pairs(expected) do keys[key] = true end
  for key in pairs(actual) do keys[key] = true end
  for key in pairs(keys) do
    local below = path == "" and tostring(key) or path .. "." .. tostring(key)
    local found = difference(actual[key], expected[key], below)
    if found then return found end
  end
  return nil
end

local function fail(what, why)
  error((what and what .. ": " or "") .. why, 3)
end

return function(load_policy)
  local t = { policy = load_policy }

  -- A card payment of 12.00 EUR by a customer in Portugal.
  function t.payment(overrides)
    local payment = laid_over({
      id = "pay_test",
      amount_minor = 1200,
      currency = "EUR",
      method = "card",
      card = { brand = "visa", country = "PT", last4 = "4242", bin = "424242" },
      country = "PT",
      customer_id = "cus_test",
      description = "",
      metadata = {},
      capture_method = "automatic",
      attempt = 1,
      risk = { decision = "allow", score = 0 },
      now = { unix = 1767225600 },
    }, overrides)
    payment.exponent = payment.exponent or places[payment.currency] or 2
    payment.amount_text = payment.amount_text or money.text(payment.amount_minor, payment.currency)
    return payment
  end

  -- A healthy account with the `test` provider that takes cards in EUR.
  function t.account(overrides)
    return laid_over({
      name = "test-account",
      provider = "test",
      country = "PT",
      currencies = { EUR = true },
      methods = { card = true },
      health = { circuit = "closed", success_per_mille = 1000, recent = 100, p50_ms = 300 },
    }, overrides)
  end

  -- A Portuguese merchant; its accounts are given as overrides of t.account.
  function t.merchant(overrides)
    local merchant = laid_over({ id = "test-merchant", country = "PT", currency = "EUR", values = {} }, overrides)
    local accounts = {}
    for _, account in ipairs(merchant.accounts or {}) do table.insert(accounts, t.account(account)) end
    merchant.accounts = accounts
    return merchant
  end

  -- t.signals{ velocity = 80 } or t.signals{ { rule = …, score = …, reasons = … }, … }.
  function t.signals(given)
    local signals = {}
    for key, value in pairs(given or {}) do
      local signal = type(value) == "table" and value or { rule = key, score = value }
      table.insert(signals, laid_over({ rule = "test", score = 0, reasons = {} }, signal))
    end
    return signals
  end

  -- Deeply equal; 1 and 1.0 are not.
  function t.equal(actual, expected, what)
    local why = difference(actual, expected, "")
    if why then fail(what, why) end
  end

  function t.truthy(value, what)
    if not value then fail(what, "expected something true, got " .. tostring(value)) end
  end

  -- That `call` raises, with `text` in its message.
  function t.fails(call, text, what)
    local ended_well, message = pcall(call)
    if ended_well then fail(what, "expected a failure, and there was none") end
    if text and not string.find(message, text, 1, true) then
      fail(what, "expected a failure with " .. shown(text) .. ", got " .. shown(message))
    end
  end

  return t
end
