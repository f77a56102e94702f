// SPDX-License-Identifier: MIT
#pragma once

#include <primum/clock.hpp>

#include <string>

namespace primum::daemon {

// The clocks of this machine, read together. CLOCK_MONOTONIC never goes backwards here, even if
// two reads were to. Not thread-safe.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Stamp now() const override;

private:
    mutable Instant latest_{};
};

// CLOCK_BOOTTIME: runs on while the machine sleeps, other than CLOCK_MONOTONIC.
[[nodiscard]] Instant boot_time();

// The kernel's id of this boot, 32 hex digits and dashes; empty when it cannot be read.
[[nodiscard]] std::string read_boot_id();

// Whether the kernel (or, where it may not be asked, systemd-timesyncd) says that the wall clock
// is disciplined. False in doubt.
[[nodiscard]] bool wall_clock_synchronised();

}  // namespace primum::daemon
