// SPDX-License-Identifier: MIT
#pragma once

#include <primum/remedy.hpp>
#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

// A timer that starts a unit, or runs systemctl or service on it.
struct TimerSight {
    std::string name;
    Duration period{0};
    bool operator==(const TimerSight&) const = default;
};

// What the live system says of one unit, for people and for lints; nothing is decided by it.
struct UnitSight {
    std::string id;
    std::string load_state;
    std::string unit_file_state;
    std::string active_state;
    bool can_reload = false;
    bool refuses_manual = false;  // to be started or stopped by hand
    bool service = false;         // the members below mean something
    std::string type;             // Type=
    std::string restart;          // Restart=
    Duration restart_after{0};    // RestartSec=
    Duration watchdog{0};         // WatchdogSec=; 0: none
    std::uint32_t start_limit = 0;
    Duration start_limit_interval{0};  // 0: no limit
    std::string control_group;         // empty: it does not run
    std::vector<Argv> runs;            // ExecStart=
    std::vector<Argv> reloads;         // ExecReload=
    std::vector<TimerSight> timers;
    std::vector<TimerSight> watchdogs;  // checks of monit that act on it, and how often
};

// The units of the host that primumctl runs on, read only.
class LiveUnits {
public:
    virtual ~LiveUnits() = default;

    // Whether there is a systemd to ask.
    [[nodiscard]] virtual bool there() = 0;
    // The error says why nothing came, for people.
    [[nodiscard]] virtual Result<UnitSight, std::string> look(const std::string& unit) = 0;
};

// How often a timer with OnCalendar= as systemd normalises it ("*-*-* *:00/5:00") elapses; 0: that
// is not to be told by a single number.
[[nodiscard]] Duration calendar_period(std::string_view calendar);

// Whether the program runs systemctl, service or invoke-rc.d on the unit, by itself or in a shell.
[[nodiscard]] bool acts_on(const Argv& program, std::string_view unit);

}  // namespace primum::ctl
