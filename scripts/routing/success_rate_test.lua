-- What routing/success_rate promises: success first, then speed; broken circuits last; newcomers tried.
local function answer(t, accounts, values)
  return t.policy("routing/success_rate")(t.payment(), t.merchant({ accounts = accounts, values = values or {} }))
end

return {
  ["the account with most success comes first"] = function(t)
    t.equal(answer(t, {
      { name = "a", health = { success_per_mille = 900 } },
      { name = "b", health = { success_per_mille = 970 } },
    }), { routes = { "b", "a" }, reason = "b first: 970 of 1000 succeed" })
  end,
  ["of two that succeed alike the faster comes first"] = function(t)
    t.equal(answer(t, { { name = "a", health = { p50_ms = 900 } }, { name = "b", health = { p50_ms = 90 } } }).routes, { "b", "a" })
  end,
  ["a broken circuit comes last, however good its past"] = function(t)
    t.equal(answer(t, {
      { name = "a", health = { circuit = "open", success_per_mille = 1000 } },
      { name = "b", health = { circuit = "half_open", success_per_mille = 900 } },
      { name = "c", health = { circuit = "closed", success_per_mille = 500 } },
    }).routes, { "c", "b", "a" })
  end,
  ["an account that is hardly known is given a chance"] = function(t)
    local accounts = {
      { name = "a", health = { success_per_mille = 990, recent = 100 } },
      { name = "b", health = { success_per_mille = 0, recent = 3 } },
    }
    t.equal(answer(t, accounts), { routes = { "b", "a" }, reason = "b first: not known yet, so given a chance" })
    t.equal(answer(t, accounts, { success_minimum = 2 }).routes, { "a", "b" })
  end,
  ["without accounts there are no routes"] = function(t)
    t.equal(answer(t, {}), { routes = {}, reason = "the merchant has no account" })
  end,
}
