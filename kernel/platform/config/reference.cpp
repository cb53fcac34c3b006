// One table a file: every key with its meaning, what it may be and what holds without it.
#include "kernel/platform/config/reference.hpp"

#include <fmt/format.h>

#include "kernel/platform/config/schema.hpp"

namespace florin {
namespace {

constexpr const char* kIntroduction = R"(# Configuration

One directory holds everything: `florin.yaml` for the appliance and `merchants/<id>.yaml`, one file a merchant, named
after its id. `florind --config DIR` reads them, `florin check DIR` says every mistake in them with file, line, column
and what was expected. (This page is written from the tables that check them; a test says so when it is out of date,
and `FLORIN_WRITE_GENERATED=1 build/release/tests/config_test` writes it anew, with the schemas beside the YAML.)

- **Secrets** are not written in YAML. `${NAME}`, alone or inside a text, is an environment variable; one that is not
  set is a mistake. `file:path` is a file's text without its last line end, the path counted from the configuration
  directory. `$${NAME}` is the text `${NAME}` itself. Live mode refuses a secret that stands in clear; test mode takes it.
- **Types** are the key's, not YAML's: `country: NO` is Norway, `0123` is no number, `yes` is no flag. Amounts are text
  (`"500.00"`). Anchors, aliases, tags and keys written twice are refused.
- **Paths**: `plugins.folder`, `scripts.folder` and `server.tls` count from the configuration directory; the SQLite
  file in `store.url` counts from the working directory, as does whatever `--set` gives.
- **`--set key=value`** lays a value over florin.yaml: `--set server.port=18080`. A list is given as `a,b`.
- **Reload**: SIGHUP or `florin reload` takes everything that changed or, with one mistake anywhere, nothing. Keys
  marked *start* are read when florind starts; a reload that finds one changed is refused and names it.
- **Editors** that read JSON Schema complete and check both files: begin them with
  `# yaml-language-server: $schema=florin.schema.json` (merchants: `$schema=../merchant.schema.json`).
- **Failing fraud rules** are no rules that had nothing to say. The decision names the rule and the reason; the policy
  still hears the other rules and decides, and of its word and `risk.otherwise` the stricter holds (`allow`, `challenge`,
  `review`, `block`, ever stricter). So one broken rule stops no payment unless `otherwise` is `block`, and never lets
  one through that the policy refuses.
- A **provider's, notifier's or fraud rule's own settings** stand beside its other keys; its README and schema.json
  describe them.
)";

// Words as Markdown takes them inside a table.
std::string words(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '<' ? "&lt;" : std::string(1, c);
  }
  return out;
}

std::string fallback(const Field& field) {
  if (field.required) return "*required*";
  if (field.fallback.is_null() || field.fallback == "") return "";
  if (field.fallback.is_string()) return fmt::format("`{}`", field.fallback.get<std::string>());
  if (field.fallback.is_array() && field.fallback.empty()) return "";
  return fmt::format("`{}`", field.fallback.dump());
}

std::string shape(const Schema& schema) {
  switch (schema.kind) {
    case Schema::Kind::kList:
      return schema.item->kind == Schema::Kind::kObject ? "a list of keys with values"
                                                        : "a list of: " + shape(*schema.item);
    case Schema::Kind::kMap:
      if (schema.item->kind == Schema::Kind::kText) return "names with: " + shape(*schema.item);
      return schema.item->kind == Schema::Kind::kObject ? "names with keys below them" : "names with values";
    case Schema::Kind::kObject:
      return "";
    default:
      return describe(schema);
  }
}

void rows(std::string& out, const Schema& schema, const std::string& prefix) {
  for (const Field& field : schema.fields) {
    const std::string key = prefix + field.name;
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", key, words(field.doc), words(shape(field.schema)),
                       fallback(field), field.restart ? "start" : "");
    const Schema& below = field.schema;
    if (below.kind == Schema::Kind::kObject) rows(out, below, key + ".");
    if (below.item && below.item->kind == Schema::Kind::kObject)
      rows(out, *below.item, key + (below.kind == Schema::Kind::kList ? "[]." : ".<name>."));
  }
}

std::string table(const Schema& schema) {
  std::string out = "| Key | Meaning | May be | Default | Read |\n|---|---|---|---|---|\n";
  rows(out, schema, "");
  return out;
}

}  // namespace

std::string configuration_reference() {
  return fmt::format("{}\n## florin.yaml\n\n{}\n## merchants/<id>.yaml\n\n{}", kIntroduction,
                     table(florin_file_schema()), table(merchant_file_schema()));
}

}  // namespace florin
