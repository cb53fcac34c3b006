// What a guard says of a plugin that threw or answered nonsense.
#include "kernel/platform/plugin_host/guard.hpp"

#include <cxxabi.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <typeinfo>

namespace florin {
namespace {

std::string type_being_handled() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (!type) return "something";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : type->name();
}

}  // namespace

std::string Guard::caught(const char* operation) {
  exceptions_.fetch_add(1, std::memory_order_relaxed);
  std::string sentence = fmt::format("{} threw {} in {}", plugin_, type_being_handled(), operation);
  spdlog::error("{}; that operation failed, nothing else did", sentence);
  return sentence;
}

std::string Guard::endless(const char* operation) {
  exceptions_.fetch_add(1, std::memory_order_relaxed);
  std::string sentence = fmt::format("{} never came to an end in {}", plugin_, operation);
  spdlog::error("{}; it is left behind, with the memory that it holds", sentence);
  return sentence;
}

std::string Guard::nonsense(const char* operation, const std::string& what) {
  exceptions_.fetch_add(1, std::memory_order_relaxed);
  std::string sentence = fmt::format("{} answered nonsense in {}: {}", plugin_, operation, what);
  spdlog::error("{}", sentence);
  return sentence;
}

}  // namespace florin
