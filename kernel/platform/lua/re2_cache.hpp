// Compiled regular expressions of one cage. Compiling costs more than matching; policies use a few.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <re2/re2.h>

namespace florin::lua {

class Re2Cache {
 public:
  // Never null; `ok()` of the answer says whether it compiled. Valid until the next call.
  const re2::RE2* get(std::string_view pattern);
  bool holds(std::string_view pattern) const { return compiled_.find(pattern) != compiled_.end(); }

 private:
  std::map<std::string, std::unique_ptr<re2::RE2>, std::less<>> compiled_;
};

}  // namespace florin::lua
