// From the configuration's merchants to what one sandbox is told of them.
#include "kernel/app/sandbox_host/run_sandbox_host.hpp"

#include <fmt/format.h>

namespace florin {

std::vector<SandboxAccount> sandbox_accounts(const AppConfig& config, const std::string& plugin,
                                             const std::string& webhook_base_url) {
  std::vector<SandboxAccount> accounts;
  for (const auto& [id, merchant] : config.merchants) {
    for (const auto& [name, account] : merchant.accounts)
      if (account.provider == plugin)
        accounts.push_back(
            SandboxAccount{id, name, account.settings,
                           fmt::format("{}/api/v1/webhooks/{}/{}.{}", webhook_base_url, plugin, id, name)});
    for (const NotifierConfig& notifier : merchant.notifiers)
      if (notifier.notifier == plugin)
        accounts.push_back(SandboxAccount{id, notifier.name, notifier.settings, ""});
  }
  return accounts;
}

}  // namespace florin
