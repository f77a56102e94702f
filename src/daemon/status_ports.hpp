// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/backend.hpp"
#include "http/status_view.hpp"
#include "telemetry/indicator_history.hpp"

#include <primum/engine.hpp>

#include <functional>

namespace primum::daemon {

// What the status page is made of: the same that operators get over D-Bus. All that is given must
// outlive the ports.
[[nodiscard]] http::StatusPorts status_ports(DaemonBackend& backend,
                                             const Engine& engine,
                                             const telemetry::IndicatorHistory& history,
                                             std::function<http::Health()> health);

}  // namespace primum::daemon
