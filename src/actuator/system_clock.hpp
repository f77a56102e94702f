// SPDX-License-Identifier: MIT
#pragma once

#include <primum/clock.hpp>

#include <string>

namespace primum::actuator {

// This machine's clocks, read together.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Stamp now() const override;
};

// The kernel's id of this boot; empty when it cannot be read.
[[nodiscard]] std::string read_boot_id();

}  // namespace primum::actuator
