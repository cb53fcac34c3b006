// Routes for operators and their machines: /healthz, /readyz, /metrics, /openapi.json. They need no key
// on loopback; from elsewhere an operators' key.
#pragma once

#include <functional>
#include <vector>

#include "kernel/modules/api/api.hpp"
#include "kernel/modules/merchants/api_keys.hpp"
#include "kernel/platform/plugin_host/plugin_host.hpp"

namespace florin {

struct OpsParts {
  const ApiKeys* keys = nullptr;
  const PluginHost* plugins = nullptr;
  std::function<Task<Json>()> readiness;  // {"ready": bool, ...}: store, jobs, live.
  std::function<void()> before_metrics;  // Brings gauges up to date.
  std::function<Json()> openapi;
};
// A plugin's state as /readyz and `florin plugin list` show it.
Json render_plugin(const PluginStatus& plugin);
std::vector<ApiRoute> ops_routes(OpsParts parts);

}  // namespace florin
