// SPDX-License-Identifier: MIT
#pragma once

#include <primum/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace primum::daemon {

inline constexpr std::string_view default_settings_path = "/etc/primum/primum.toml";

// What the command line asked for.
struct Options {
    std::string settings{default_settings_path};
    bool foreground = false;  // log to standard error as well
    bool check = false;       // read settings and rules, tell, exit
    bool version = false;
    bool help = false;
    bool operator==(const Options&) const = default;
};

struct UsageError {
    std::string message;  // one line, says what to do instead
};

// Reads the arguments after the program's name. Later options win; nothing may follow that is not
// an option.
[[nodiscard]] Result<Options, UsageError> parse_options(std::span<const char* const> arguments);

// The text of --help, exit codes included.
[[nodiscard]] std::string_view help_text();

}  // namespace primum::daemon
