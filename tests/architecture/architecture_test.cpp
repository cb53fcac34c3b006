// DESIGN section 2 as a test: floors, modules without circles, plugins that know the SDK and themselves,
// and a kernel that names no provider. Each breach is reported as file:line.
#include <gtest/gtest.h>

#include <map>

#include "tests/architecture/source_tree.hpp"

namespace {
using namespace florin::architecture;

struct Floor {
  const char* folder;
  std::vector<std::string> may_include;  // Quoted includes that begin so.
};
const std::vector<Floor>& floors() {
  static const std::vector<Floor> all{
      {"kernel/sdk/", {"kernel/sdk/"}},
      {"kernel/platform/", {"kernel/sdk/", "kernel/platform/"}},
      {"kernel/modules/", {"kernel/sdk/", "kernel/platform/", "kernel/modules/"}},
      {"kernel/app/", {"kernel/"}}};
  return all;
}

bool starts_with_any(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) { return name.starts_with(prefix); });
}

std::string place(const SourceFile& file, const Include& include) {
  return file.path + ":" + std::to_string(include.line) + ": includes " + include.name;
}

// Of a file in the kernel: what it may not include from other folders of the repository.
std::vector<std::string> floor_faults(const SourceFile& file) {
  std::vector<std::string> faults;
  for (const Floor& floor : floors()) {
    if (!file.under(floor.folder)) continue;
    for (const Include& include : includes_of(file.text)) {
      const std::string& name = include.name;
      const bool ours = starts_with_any(name, {"kernel/", "plugins/", "tests/"});
      const bool helps_test = file.is_test() && name.starts_with("tests/");
      if (ours && !helps_test && !starts_with_any(name, floor.may_include))
        faults.push_back(place(file, include) + ", which is not on its floor or below");
      if (name.find("../") != std::string::npos)
        faults.push_back(place(file, include) + ": includes are written from the root");
    }
  }
  return faults;
}

// Of a plugin's file: the SDK, the standard library, JSON and its own folder; tests also what tests share.
std::vector<std::string> plugin_faults(const SourceFile& file) {
  static const std::regex own_folder("^plugins/[^/]+/[^/]+/");
  std::smatch folder;
  if (!std::regex_search(file.path, folder, own_folder)) return {};
  std::vector<std::string> faults;
  for (const Include& include : includes_of(file.text)) {
    const std::string& name = include.name;
    const bool standard = include.angled && name.find_first_of("/.") == std::string::npos;
    const bool sdk = include.angled && starts_with_any(name, {"florin/", "nlohmann/"});
    const bool own = !include.angled && (name.starts_with(folder.str()) || name.find('/') == std::string::npos);
    const bool helps_test = file.is_test() && (include.angled || starts_with_any(name, {"tests/support/"}));
    if (!standard && !sdk && !own && !helps_test)
      faults.push_back(place(file, include) + ", but a plugin knows only the SDK and itself");
  }
  return faults;
}

std::vector<SourceFile> cpp_files(const std::vector<std::string>& roots) { return read_tree(roots, {".cpp", ".hpp"}); }

template <class Check>
std::vector<std::string> faults_in(const std::vector<SourceFile>& files, Check check) {
  std::vector<std::string> all;
  for (const SourceFile& file : files) {
    const std::vector<std::string> faults = check(file);
    all.insert(all.end(), faults.begin(), faults.end());
  }
  return all;
}

TEST(Architecture, FilesIncludeOnlyFromTheirFloorAndBelow) {
  const auto files = cpp_files({"kernel"});
  ASSERT_GT(files.size(), 50U) << "the sources were not found";
  const auto faults = faults_in(files, floor_faults);
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Architecture, PluginsKnowOnlyTheSdkAndThemselves) {
  const auto files = cpp_files({"plugins"});
  ASSERT_FALSE(files.empty());
  const auto faults = faults_in(files, plugin_faults);
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Architecture, ModulesDependOnEachOtherWithoutCircles) {
  static const std::regex module("kernel/modules/([^/]+)/");
  struct Edge {
    std::string to, why;
  };
  std::map<std::string, std::vector<Edge>> edges;
  for (const SourceFile& file : cpp_files({"kernel/modules"})) {
    std::smatch from, to;
    if (file.is_test() || !std::regex_search(file.path, from, module)) continue;
    for (const Include& include : includes_of(file.text))
      if (std::regex_search(include.name, to, module) && from[1] != to[1])
        edges[from[1]].push_back({to[1], place(file, include)});
  }
  // Depth first; a way back to a module that is still open is a circle.
  std::vector<std::string> circles, open;
  std::set<std::string> done;
  const auto visit = [&](const auto& self, const std::string& name) -> void {
    open.push_back(name);
    for (const Edge& edge : edges[name]) {
      if (std::find(open.begin(), open.end(), edge.to) != open.end())
        circles.push_back(edge.why + " and so closes a circle of modules");
      else if (!done.contains(edge.to))
        self(self, edge.to);
    }
    open.pop_back();
    done.insert(name);
  };
  const auto known = edges;
  for (const auto& [name, unused] : known)
    if (!done.contains(name)) visit(visit, name);
  EXPECT_TRUE(circles.empty()) << listed(circles);
}

TEST(Architecture, KernelNamesNoProvider) {
  namespace fs = std::filesystem;
  std::string names;
  for (const auto& folder : fs::directory_iterator(fs::path(FLORIN_SOURCE_DIR) / "plugins/providers")) {
    const std::string name = folder.path().filename();
    // These two are also plain words.
    if (folder.is_directory() && name != "test" && name != "cash") names += (names.empty() ? "" : "|") + name;
  }
  ASSERT_NE(names, "");
  const std::regex pattern("\\b(" + names + ")", std::regex::icase);
  std::vector<std::string> faults;
  for (const SourceFile& file : cpp_files({"kernel"})) {
    if (file.is_test()) continue;
    const auto found = places(file, code_of(file.text, true), pattern, "the kernel names a provider");
    faults.insert(faults.end(), found.begin(), found.end());
  }
  EXPECT_TRUE(faults.empty()) << listed(faults);
}

TEST(Architecture, BreachesAreSeen) {
  const auto floor = [](const char* path, const char* text) { return floor_faults({path, text}).size(); };
  EXPECT_EQ(floor("kernel/platform/a/a.cpp", "// A.\n#include \"kernel/modules/b/b.hpp\"\n"), 1U);
  EXPECT_EQ(floor("kernel/sdk/a.hpp", "#include \"kernel/platform/b/b.hpp\"\n"), 1U);
  EXPECT_EQ(floor("kernel/modules/a/a.cpp", "#include \"plugins/providers/x/x.hpp\"\n"), 1U);
  EXPECT_EQ(floor("kernel/modules/a/a.cpp", "#include \"tests/support/x.hpp\"\n"), 1U);
  EXPECT_EQ(floor("kernel/modules/a/a_test.cpp", "#include \"tests/support/x.hpp\"\n"), 0U);
  EXPECT_EQ(floor("kernel/modules/a/a.cpp", "#include \"kernel/modules/b/b.hpp\"\n"), 0U);

  const auto plugin = [](const char* text) { return plugin_faults({"plugins/providers/x/x.cpp", text}).size(); };
  EXPECT_EQ(plugin("#include <sys/socket.h>\n"), 1U);
  EXPECT_EQ(plugin("#include <openssl/evp.h>\n"), 1U);
  EXPECT_EQ(plugin("#include \"kernel/platform/store/store.hpp\"\n"), 1U);
  EXPECT_EQ(plugin("#include \"plugins/providers/y/wire.hpp\"\n"), 1U);
  EXPECT_EQ(plugin("#include <florin/http.hpp>\n#include <string>\n#include \"wire.hpp\"\n"), 0U);
}
}  // namespace
