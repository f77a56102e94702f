// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace primum::actuator {

struct OffSwitch {
    bool disabled = true;
    std::string detail;  // which file, or why it cannot be ruled out; empty when enabled
};

// The off switch files of primum.
[[nodiscard]] std::vector<std::string> default_off_switch();

// Looks now. Enabled only if every one of the files is certainly absent (ENOENT); any other answer
// of the system counts as disabled, and so does an empty list.
[[nodiscard]] OffSwitch read_off_switch(const std::vector<std::string>& files);

}  // namespace primum::actuator
