// money.*: amounts as the kernel counts them, so that no policy does arithmetic on decimal text or in
// floating point (law 4). Everything is in minor units of the currency named.
#include <florin/money.hpp>

#include "kernel/platform/lua/cage.hpp"
#include "kernel/platform/lua/library.hpp"

namespace florin::lua {
namespace {

int refuse(lua_State* L, const Error& error) {
  return luaL_error(L, "%s", error.message.c_str());
}

// money.minor("500.00", "EUR") is 50000.
int minor(lua_State* L) {
  const auto currency = Currency::parse(text_argument(L, 2));
  if (!currency) return refuse(L, currency.error());
  const auto amount = Money::parse(text_argument(L, 1), *currency);
  if (!amount) return refuse(L, amount.error());
  lua_pushinteger(L, amount->minor());
  return 1;
}

// money.text(50000, "EUR") is "500.00".
int text(lua_State* L) {
  const lua_Integer amount = luaL_checkinteger(L, 1);
  const auto currency = Currency::parse(text_argument(L, 2));
  if (!currency) return refuse(L, currency.error());
  const std::string shown = Money(amount, *currency).text();
  lua_pushlstring(L, shown.data(), shown.size());
  return 1;
}

// money.share(1250, 140, 10000) is 1.4 % of 1250, rounded half to even: 18. Any currency: minor units in,
// minor units out.
int share(lua_State* L) {
  const lua_Integer amount = luaL_checkinteger(L, 1), of = luaL_checkinteger(L, 2);
  const lua_Integer whole = luaL_checkinteger(L, 3);
  luaL_argcheck(L, whole > 0, 3, "a positive number is needed");
  const auto part = Money::fraction(Money(amount, Currency::of("EUR")), of, whole);
  if (!part) return refuse(L, part.error());
  lua_pushinteger(L, part->minor());
  return 1;
}

}  // namespace

void add_money_functions(lua_State* L) {
  const luaL_Reg functions[] = {{"minor", minor}, {"share", share}, {"text", text}, {nullptr, nullptr}};
  luaL_setfuncs(L, functions, 0);
}

}  // namespace florin::lua
