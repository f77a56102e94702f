// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace primum::ledger {

// An SQL expression: how long ago the stamp NAME_t_us, NAME_wall_us, NAME_boot was, in
// microseconds. Within a boot by the monotonic clock; across boots by the wall clock, and nothing
// when that is not synchronised or went back. Parameters 1 to 4: the boot of now, now's t_us,
// whether the clock is synchronised, now's wall_us.
[[nodiscard]] inline std::string age_of(std::string_view name) {
    return fmt::format("iif({0}_boot = ?1, ?2 - {0}_t_us, iif(?3, max(0, ?4 - {0}_wall_us), 0))",
                       name);
}

}  // namespace primum::ledger
