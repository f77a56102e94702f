// SPDX-License-Identifier: MIT
#pragma once

#include "http/server.hpp"

#include <functional>
#include <string>
#include <vector>

namespace primum::http {

// How the daemon is. Degraded when there is at least one reason ("ledger: disk full").
struct Health {
    std::vector<std::string> reasons;
};

// Puts on the server what programs ask for (status_pages.hpp has what people do):
//   /metrics   the Prometheus text that `metrics` gives
//   /healthz   {"status":"ok"} with 200, or {"status":"degraded","reasons":[...]} with 503
void add_pages(Server& server,
               std::function<std::string()> metrics,
               std::function<Health()> health);

}  // namespace primum::http
