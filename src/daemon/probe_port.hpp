// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/actuator_client.hpp"
#include "remedy/wire.hpp"
#include "source/tools.hpp"

namespace primum::daemon {

// What the actuator answers, as a source takes it.
[[nodiscard]] source::ProbeEnd probe_end(const remedy::ProbeReply& reply);

// Runs plugins by way of the actuator, which must outlive it.
[[nodiscard]] source::RunProbe probe_port(remedy::ActuatorClient& actuator);

}  // namespace primum::daemon
