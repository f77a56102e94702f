// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <string>
#include <vector>

namespace primum::actuator {

// What the command line says. The defaults are those of an installed primum.
struct Options {
    std::string settings = "/etc/primum/primum.toml";
    std::vector<std::string> rules;  // empty: those that the settings name
    std::string state = "/var/lib/primum-actuator";
    std::string socket;                   // empty: taken over from systemd
    std::vector<std::string> off_switch;  // empty: primum's own files
    std::string look;                     // a unit; empty: serve
    std::string peer_user = "primum";
    bool help = false;
    bool version = false;
};

// A command line that cannot be followed, and what would be right.
struct UsageError {
    std::string message;
};

// `--name VALUE` or `--name=VALUE`; --rules and --off-switch may be given several times.
[[nodiscard]] Result<Options, UsageError> parse_options(const std::vector<std::string>& arguments);

[[nodiscard]] std::string usage();

}  // namespace primum::actuator
