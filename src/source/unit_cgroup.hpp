// SPDX-License-Identifier: MIT
#pragma once

#include <primum/vocabulary.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace primum::systemd {
class Manager;
}

namespace primum::source {

inline constexpr std::string_view cgroup_root = "/sys/fs/cgroup";

// Where a unit's processes are.
struct ControlGroup {
    SourceFailure failure = SourceFailure::none;
    std::string detail;
    std::string path;  // below each hierarchy, from '/'; empty without failure: it does not run
};

// Asks which control group a unit has; `done` once, later.
using FindControlGroup =
    std::function<void(const std::string& unit, std::function<void(const ControlGroup&)> done)>;

// Asks systemd, which must outlive it; nullptr: there is none, and that is the answer.
[[nodiscard]] FindControlGroup ask_control_group(systemd::Manager* manager);

// The whole of a small file of the kernel's, up to 4 KiB; empty when it cannot be read: `error`,
// where given, gets errno then and 0 else.
[[nodiscard]] std::string read_kernel_file(const std::string& path, int* error = nullptr);

}  // namespace primum::source
