// florin ledger verify: looks at the database itself, then recomputes every balance and holds every payment against
// its events and lines.
#include <iostream>

#include "kernel/app/cli/cli.hpp"
#include "kernel/modules/ledger/ledger.hpp"
#include "kernel/modules/payments/verify.hpp"
#include "kernel/platform/store/integrity.hpp"

namespace florin {

void add_ledger_commands(CLI::App& app, CliContext& context) {
  CLI::App* const ledger = app.add_subcommand("ledger", "Look at the books");
  ledger->require_subcommand(1);
  ledger->add_subcommand("verify", "Recompute everything; exit code 1 when anything is wrong")->callback([&context] {
    const auto wrong = context.read([](Session& session) -> Result<std::vector<std::string>> {
      std::vector<std::string> found = integrity_faults(session);
      if (!found.empty()) return found;  // What is read from a damaged database proves nothing.
      found = verify_books(session);
      for (std::string& fault : verify_payments(session)) found.push_back(std::move(fault));
      return found;
    });
    if (!wrong) return;
    if (context.json)
      std::cout << Json{{"ok", wrong->empty()}, {"faults", *wrong}}.dump(2) << std::endl;
    else {
      for (const std::string& fault : *wrong) std::cout << fault << "\n";
      if (wrong->empty()) std::cout << "ok: the books balance and fit the payments\n";
      std::cout.flush();
    }
    if (!wrong->empty()) context.exit_code = 1;
  });
}

}  // namespace florin
