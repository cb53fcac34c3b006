-- What routing/static_order promises: the merchant's order, nothing lost, nothing invented.
local function routes_of(t, values, ...)
  local accounts = {}
  for i, name in ipairs({ ... }) do accounts[i] = { name = name } end
  return t.policy("routing/static_order")(t.payment(), t.merchant({ values = values, accounts = accounts })).routes
end

return {
  ["the order is the one that the merchant states"] = function(t)
    t.equal(routes_of(t, { order = { "b", "c", "a" } }, "a", "b", "c"), { "b", "c", "a" })
  end,
  ["an account that the order does not name comes last"] = function(t)
    t.equal(routes_of(t, { order = { "c" } }, "a", "b", "c"), { "c", "a", "b" })
  end,
  ["a name in the order that is no account is passed over"] = function(t)
    t.equal(routes_of(t, { order = { "gone", "b" } }, "a", "b"), { "b", "a" })
  end,
  ["without an order it goes by name, and says so"] = function(t)
    local answer = t.policy("routing/static_order")(t.payment(), t.merchant({ accounts = { { name = "b" }, { name = "a" } } }))
    t.equal(answer, { routes = { "a", "b" }, reason = "by name: no order is set" })
  end,
}
