// A value, or the Error that explains its absence. Named like std::expected, which GCC 12 lacks.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include <florin/check.hpp>

namespace florin {

struct Error {
  enum class Kind {
    kInvalid,      // What was asked makes no sense; asking again will not help.
    kNotFound,     // No such thing, or not for this caller.
    kConflict,     // Somebody else was first.
    kDenied,       // Credentials or rights are missing.
    kUnreachable,  // It never left us: nothing happened on the far side.
    kTimedOut,     // It left us and no answer came in time: what happened is unknown.
    kBroken,       // The far side, or a plugin, answered nonsense.
    kUnavailable,  // We cannot now (disk full, draining, overloaded); later may work.
  };
  Kind kind = Kind::kBroken;
  std::string message;  // For people; never a card number, a key or a provider's raw answer.
  std::string code;     // For programs, snake_case, e.g. "amount_too_large"; may be empty.
  std::string param;    // The request's field at fault, e.g. "payment_method.card.number"; may be empty.
};

// The value of an operation that has none.
struct Done {};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return held_.index() == 0; }
  bool has_value() const noexcept { return held_.index() == 0; }

  T& operator*() & { return value(); }
  const T& operator*() const& { return const_cast<Result*>(this)->value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &const_cast<Result*>(this)->value(); }

  const Error& error() const& {
    FLORIN_CHECK(held_.index() == 1, "a Result with a value has no error");
    return *std::get_if<1>(&held_);
  }

 private:
  T& value() {
    FLORIN_CHECK(held_.index() == 0, "a Result was used without asking whether it holds a value");
    return *std::get_if<0>(&held_);
  }

  std::variant<T, Error> held_;
};

}  // namespace florin

// In a function that returns a Result: takes the value out, or returns the Error to the caller.
//   FLORIN_TRY(amount, Money::parse(text, currency));
// Not for coroutines: they return by co_return.
#define FLORIN_TRY(name, expression)                \
  auto name##_result = (expression);                \
  if (!name##_result) return name##_result.error(); \
  auto& name = *name##_result
