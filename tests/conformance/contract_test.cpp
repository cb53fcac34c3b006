// Every request that a provider makes, and every answer of its sandbox, against the contract that the real
// provider has published. The contracts and their judge are data beside the repository (../shared/contracts)
// and run under Node: without them these tests are skipped, and say so.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/conformance/tour.hpp"

namespace florin::conformance {
namespace {

namespace fs = std::filesystem;

std::string contracts_folder() {
  const char* shared = std::getenv("FLORIN_SHARED");
  const fs::path beside = fs::path(FLORIN_SOURCE_DIR).parent_path() / "shared";
  const fs::path folder = (shared != nullptr && *shared != '\0' ? fs::path(shared) : beside) / "contracts";
  return fs::exists(folder / "tools" / "check-exchange.mjs") ? folder.string() : "";
}

int shell(const std::string& command) { return std::system(command.c_str()); }

// The judge with the two npm packages that it needs, in the build tree; "" when they cannot be had.
std::string judge(const std::string& contracts) {
  const fs::path home = fs::path(FLORIN_BINARY_DIR) / "contract-judge";
  const fs::path of_the_tests = fs::path(FLORIN_SOURCE_DIR) / "tests" / "node_modules";
  std::error_code failed;
  fs::create_directories(home, failed);
  for (const char* file : {"check-exchange.mjs", "package.json"})
    fs::copy_file(fs::path(contracts) / "tools" / file, home / file, fs::copy_options::overwrite_existing,
                  failed);
  if (fs::exists(of_the_tests / "ajv-formats") && !fs::exists(home / "node_modules"))
    fs::create_directory_symlink(of_the_tests, home / "node_modules", failed);
  if (!fs::exists(home / "node_modules" / "ajv-formats") &&
      shell("cd '" + home.string() +
            "' && npm install --no-audit --no-fund --ignore-scripts --no-package-lock "
            "--loglevel=error >npm.log 2>&1") != 0)
    return "";
  return (home / "check-exchange.mjs").string();
}

Json as_line(const std::string& provider, std::size_t number, const SandboxHttp::Exchange& exchange) {
  Json headers = Json::object();
  for (const auto& [name, value] : exchange.request.headers) headers[name] = value;
  Json line = {{"id", provider + "-" + std::to_string(number) + " " + exchange.request.method + " " +
                          exchange.request.path},
               {"provider", provider},
               {"method", exchange.request.method},
               {"path", exchange.request.path},
               {"headers", headers},
               {"body", exchange.request.body}};
  const bool is_json = exchange.response.status != 204 && exchange.request.path != "/v1/oauth2/token";
  if (is_json) line["response"] = {{"status", exchange.response.status}, {"body", exchange.response.body}};
  return line;
}

// A contract that describes its errors inside its yes, under no status of their own, names that status in
// conformance.json ("errors_are_described_under"): their bodies are judged by it.
void judge_errors_where_they_are_described(const Json& facts, Json& line) {
  if (!facts.contains("errors_are_described_under") || !line.contains("response")) return;
  Json& status = line.at("response").at("status");
  if (status.get<int>() >= 400) status = facts.at("errors_are_described_under");
}

class Contract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    contracts_ = contracts_folder();
    if (contracts_.empty())
      GTEST_SKIP() << "no ../shared/contracts here: set FLORIN_SHARED to the folder beside the repository";
    if (shell("node --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no Node here";
    judge_ = judge(contracts_);
    if (judge_.empty())
      GTEST_SKIP() << "npm could not install ajv: see contract-judge/npm.log in the build tree";
  }
  // What the judge says about these exchanges; empty when it finds nothing wrong.
  std::string violations(const std::vector<Json>& lines, const std::string& options) {
    const std::string stem = fs::path(judge_).parent_path().string() + "/" + GetParam() + options;
    std::ofstream file(stem + ".jsonl");
    for (const Json& line : lines) file << to_text(line) << '\n';
    file.close();
    const int status = shell("CONTRACTS_DIR='" + contracts_ + "' node '" + judge_ + "' --quiet " + options +
                             " '" + stem + ".jsonl' >'" + stem + ".out' 2>&1");
    const std::string said = test_support::read_text_file(stem + ".out");
    return status == 0 ? "" : said + "(status " + std::to_string(status) + ")";
  }
  Json judged_line(std::size_t number, const SandboxHttp::Exchange& exchange) const {
    Json line = as_line(GetParam(), number, exchange);
    judge_errors_where_they_are_described(facts, line);
    return line;
  }
  std::vector<Json> recorded_tour() {
    std::vector<Json> lines;
    for (const auto& exchange : tour(GetParam()))
      lines.push_back(judged_line(lines.size(), exchange));
    return lines;
  }

  const Json facts = *parse_json(test_support::read_text_file(facts_file(GetParam())));

 private:
  std::string contracts_, judge_;
};
FLORIN_CONFORMANCE(Contract);

TEST_P(Contract, HoldsForEveryRequestOfTheProvider) { EXPECT_EQ(violations(recorded_tour(), ""), ""); }

TEST_P(Contract, HoldsForEveryAnswerOfTheSandbox) {
  EXPECT_EQ(violations(recorded_tour(), "--response"), "");
}

// Which answer a recording is stands in conformance.json: "GET /path status", with a request's body after it
// where the contract wants one, or "" when no contract has it.
TEST_P(Contract, HoldsForEveryRecordingThatTheProvidersTestsUse) {
  std::vector<Json> lines;
  for (const auto& file :
       fs::directory_iterator(fs::path(facts_file(GetParam())).parent_path() / "recordings")) {
    const std::string name = file.path().stem().string();
    const auto known_as = facts.at("recordings").at(name).get<std::string>();
    if (known_as.empty()) continue;
    std::istringstream what(known_as);
    SandboxHttp::Exchange exchange;
    what >> exchange.request.method >> exchange.request.path >> exchange.response.status >> std::ws;
    std::getline(what, exchange.request.body);
    exchange.request.headers.emplace("Authorization", "Bearer recorded");
    if (!exchange.request.body.empty()) exchange.request.headers.emplace("Content-Type", "application/json");
    exchange.response.body = test_support::recorded(GetParam(), name);
    lines.push_back(judged_line(lines.size(), exchange));
    lines.back()["id"] = name;
  }
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(violations(lines, "--response"), "");
}

TEST_P(Contract, CatchesARequestThatWasBrokenOnPurpose) {
  for (Json line : recorded_tour()) {
    if (line.at("method") != "POST" || line.at("body") == "" || line.at("path") == "/v1/oauth2/token")
      continue;
    line["headers"]["Content-Type"] = "text/plain";
    EXPECT_NE(violations({line}, "--no-unknown"), "") << line.at("id");
    return;
  }
  FAIL() << "the tour has no request to break";
}

}  // namespace
}  // namespace florin::conformance
