// SPDX-License-Identifier: MIT
#pragma once

#include "core/world.hpp"

#include <primum/event.hpp>

#include <cstdint>
#include <string>

namespace primum::core {

// Answers a person's command and puts it on record with its answer.
void reply(World& world,
           const OperatorEvent& command,
           bool accepted,
           std::string code,
           std::string message,
           std::uint64_t hold = 0);

}  // namespace primum::core
