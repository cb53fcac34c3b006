-- What routing/cheapest_first promises: the lowest fee for this very amount, exactly counted.
local fees = {
  percent = { basis_points = 140, fixed = { EUR = "0.25" } },
  flat = { fixed = { EUR = "0.35", JPY = "50" } },
}

local function answer(t, payment, ...)
  local accounts = {}
  for i, name in ipairs({ ... }) do accounts[i] = { name = name } end
  return t.policy("routing/cheapest_first")(t.payment(payment), t.merchant({ values = { fees = fees }, accounts = accounts }))
end

return {
  ["a share is cheaper for little, a flat fee for much"] = function(t)
    t.equal(answer(t, { amount_minor = 500 }, "flat", "percent"),
      { routes = { "percent", "flat" }, reason = "percent charges least: 0.32 EUR" })
    t.equal(answer(t, { amount_minor = 5000 }, "percent", "flat"),
      { routes = { "flat", "percent" }, reason = "flat charges least: 0.35 EUR" })
  end,
  ["a fixed part counts only in its own currency"] = function(t)
    t.equal(answer(t, { currency = "JPY", amount_minor = 1000 }, "flat", "percent").reason, "percent charges least: 14 JPY")
  end,
  ["an account without fees comes last"] = function(t)
    t.equal(answer(t, {}, "aaa", "flat").routes, { "flat", "aaa" })
    t.equal(answer(t, {}, "bbb", "aaa"), { routes = { "aaa", "bbb" }, reason = "no account has fees: by name" })
  end,
  ["the largest amounts are counted exactly too"] = function(t)
    t.equal(answer(t, { amount_minor = 9000000000000000000 }, "percent").reason,
      "percent charges least: 1260000000000000.25 EUR")
  end,
}
