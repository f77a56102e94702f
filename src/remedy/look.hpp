// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace primum::remedy {

// Where things are; another tree in tests.
struct LookPlaces {
    std::string proc = "/proc";
    std::string cgroup = "/sys/fs/cgroup";
    std::string systemctl = "/usr/bin/systemctl";
    std::string journalctl = "/usr/bin/journalctl";
};

// Writes to the descriptor what there is to know of a unit now: its status, the figures of its
// control group, the pressure on the host, the open sockets of its processes and the last lines of
// its journal, in this order; what is cheap and never blocks comes before what may. Each section
// says what could not be read. Blocks for as long as that takes: for a process of its own.
void look_at_unit(const std::string& unit, int out, const LookPlaces& places = {});

}  // namespace primum::remedy
