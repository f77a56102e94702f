// SPDX-License-Identifier: MIT
#pragma once

#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace primum::daemon {

// What `systemctl status primumd` shows in one line.
struct StatusFacts {
    Mode mode = Mode::dry_run;
    bool disabled = false;
    bool ledger_healthy = true;
    bool rules_loaded = true;  // false: the rules on disk have errors
    std::size_t targets = 0;
    std::size_t ill = 0;  // not at level 0
    std::uint32_t in_flight = 0;
    bool operator==(const StatusFacts&) const = default;
};

[[nodiscard]] std::string status_line(const StatusFacts& facts);

}  // namespace primum::daemon
