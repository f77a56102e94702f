// SPDX-License-Identifier: MIT
#pragma once

#include <primum/source.hpp>
#include <primum/time.hpp>

#include <string>
#include <vector>

namespace primum::rules {

class Section;

// Where alerts go: an Alertmanager, spoken to by its API v2.
struct AlertmanagerSettings {
    std::string url;  // the server's address, without /api; empty: none
    HttpAccess access;
    Duration interval{std::chrono::minutes{1}};       // what fires is sent again this often
    Duration resolve_after{std::chrono::minutes{5}};  // without news Alertmanager ends an alert
};

// The program that is run for each page, by the actuator and never as `primum`.
struct HookSettings {
    std::vector<std::string> program;  // an absolute path, then the arguments; empty: none
    Duration timeout{std::chrono::seconds{30}};
};

struct NotifySettings {
    AlertmanagerSettings alertmanager;
    HookSettings exec;
    std::string runbook;  // a URL; each alert adds "#" and its name in lower case; empty: none
};

// Reads [notify] of the settings.
void read_notify(Section& top, NotifySettings& notify);

// Whether both say the same.
[[nodiscard]] bool same(const NotifySettings& one, const NotifySettings& other);

}  // namespace primum::rules
