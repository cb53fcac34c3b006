// The habits that a reader relies on and no compiler checks: no floating point about money, nothing of
// SOCI's that loses bits, nothing in a co_await that GCC 12 miscompiles, a purpose on top of every file.
#include <gtest/gtest.h>

#include "tests/architecture/source_tree.hpp"

namespace {
using namespace florin::architecture;
using Faults = std::vector<std::string>;

bool decides_about_money(const std::string& path) {
  static const std::regex pattern(
      "^kernel/sdk/.*money|^kernel/modules/(ledger|payments|refunds)/|^plugins/.*/wire[^/]*$");
  return std::regex_search(path, pattern);
}

Faults floating_faults(const SourceFile& file) {
  static const std::regex pattern("\\b(double|float|strtod|stod|stof)\\b");
  if (!decides_about_money(file.path)) return {};
  return places(file, code_of(file.text), pattern, "floating point in a file about money");
}

// SOCI's rows read a 64-bit integer as 32 bits (DEPENDENCIES 2b).
Faults soci_row_faults(const SourceFile& file) {
  static const std::regex pattern("\\bsoci::row\\b|\\browset\\s*<\\s*(soci::)?row\\b");
  return places(file, code_of(file.text), pattern, "soci::row loses bits; use typed into()");
}

// From `begin` to the end of the expression: a semicolon, a comma or a closing bracket of what is around it.
std::size_t end_of_expression(const std::string& code, std::size_t begin) {
  int depth = 0;
  for (std::size_t at = begin; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth < 0 || (depth == 0 && (c == ';' || c == ','))) return at;
  }
  return code.size();
}

// Whether a brace that opens before a co_await is a block's or an initializer's.
bool opens_a_block(const std::string& code, std::size_t brace) {
  const std::size_t last = brace == 0 ? std::string::npos : code.find_last_not_of(" \t\n", brace - 1);
  if (last == std::string::npos || std::string(");{}:>").find(code[last]) != std::string::npos) return true;
  static const std::regex words("\\b(else|do|try|const|noexcept|override|final|mutable)$");
  const std::size_t from = last > 12 ? last - 12 : 0;
  return std::regex_search(code.substr(from, last + 1 - from), words);
}

Faults co_await_faults(const SourceFile& file) {
  static const std::regex word("\\bco_await\\b");
  static const std::regex lambda("(^|[^\\w\\)\\] ])\\s*\\[[^\\]\\s]");  // An index follows a name or a bracket.
  const std::string code = code_of(file.text);
  Faults faults;
  for (auto match = std::sregex_iterator(code.begin(), code.end(), word); match != std::sregex_iterator(); ++match) {
    const auto at = static_cast<std::size_t>(match->position());
    if (code.substr(0, at).ends_with("operator ")) continue;
    const std::size_t begin = code.find_last_of(";{}", at);
    const std::size_t end = end_of_expression(code, at + 8);
    const std::string inside = code.substr(at + 8, end - at - 8);
    const std::size_t statement = begin == std::string::npos ? 0 : begin + 1;
    const std::string before = code.substr(statement, at - statement);
    std::string what;
    if (inside.find('{') != std::string::npos || (begin != std::string::npos && code[begin] == '{' && !opens_a_block(code, begin)))
      what = "braces";
    else if (std::regex_search(inside, lambda))
      what = "a capturing lambda";
    else if (inside.find('?') != std::string::npos || before.find('?') != std::string::npos)
      what = "?:";
    if (!what.empty())
      faults.push_back(file.path + ":" + std::to_string(line_of(code, at)) + ": " + what +
                       " in a co_await expression; name the value on the line before");
  }
  return faults;
}

Faults purpose_faults(const SourceFile& file) {
  static const std::regex comment("^(#![^\\n]*\\n)?(//|/\\*|#|--) ?\\S");
  if (file.path.ends_with(".hpp") || file.path.ends_with(".cpp")) {
    if (file.text.starts_with("// ")) return {};
  } else if (std::regex_search(file.text.substr(0, 400), comment)) {
    return {};
  }
  return {file.path + ":1: does not open with what it is for"};
}

template <class Check>
Faults faults_in(const std::vector<SourceFile>& files, Check check) {
  Faults all;
  for (const SourceFile& file : files)
    for (std::string& fault : check(file)) all.push_back(std::move(fault));
  return all;
}

const std::vector<SourceFile>& cpp_files() {
  static const auto files = read_tree({"kernel", "plugins", "tests"}, {".cpp", ".hpp"});
  return files;
}

TEST(Tidy, NoFloatingPointWhereMoneyIsDecided) {
  ASSERT_GT(cpp_files().size(), 100U) << "the sources were not found";
  const Faults faults = faults_in(cpp_files(), floating_faults);
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Tidy, NoSociRows) {
  const Faults faults = faults_in(cpp_files(), soci_row_faults);
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Tidy, NothingInACoAwaitThatTheCompilerGetsWrong) {
  const Faults faults = faults_in(cpp_files(), co_await_faults);
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Tidy, EveryFileOpensWithItsPurpose) {
  const auto files = read_tree({"kernel", "plugins", "tests", "scripts", "config", "cmake", "admin-ui", "packaging"},
                               {".cpp", ".hpp", ".lua", ".yaml", ".sql", ".cmake", ".ts", ".tsx"});
  // tests/broken_configs is data: each case's expected.txt says what is wrong with it, line by line.
  const Faults faults = faults_in(files, [](const SourceFile& file) {
    return file.path.starts_with("tests/broken_configs/") ? Faults() : purpose_faults(file);
  });
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Tidy, BreachesAreSeenAcrossLinesAndNotInComments) {
  const auto awaits = [](const char* text) { return co_await_faults({"kernel/x.cpp", text}).size(); };
  EXPECT_EQ(awaits("co_await http.send(\n    HttpRequest{\n.path = p});"), 1U);
  EXPECT_EQ(awaits("co_await run([x] (int) -> int;)"), 1U);
  EXPECT_EQ(awaits("co_await (a ? b : c);"), 1U);
  EXPECT_EQ(awaits("auto v = a ? co_await b() : c;"), 1U);
  EXPECT_EQ(awaits("f(Pair{co_await b(), 1});"), 1U);
  EXPECT_EQ(awaits("// co_await f(X{1})\nif (ready) { co_await f(x[1], \"a ? {b}\"); }"), 0U);
  EXPECT_EQ(awaits("if (!co_await send(x)) { y = a ? b : c; }"), 0U);
  EXPECT_EQ(awaits("Awaiter operator co_await() const noexcept { return {}; }"), 0U);

  EXPECT_EQ(floating_faults({"kernel/modules/ledger/a.cpp", "double x;"}).size(), 1U);
  EXPECT_EQ(floating_faults({"kernel/modules/ledger/a.cpp", "// never a double\nint x; f(\"float\");"}).size(), 0U);
  EXPECT_EQ(floating_faults({"kernel/platform/metrics/a.cpp", "double x;"}).size(), 0U);
  EXPECT_EQ(soci_row_faults({"kernel/a.cpp", "soci::rowset<soci::row> all;"}).size(), 1U);
  EXPECT_EQ(purpose_faults({"kernel/a.hpp", "#pragma once\n"}).size(), 1U);
  EXPECT_EQ(purpose_faults({"scripts/a.lua", "-- Sends payments home.\n"}).size(), 0U);
}
}  // namespace
