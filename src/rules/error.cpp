// SPDX-License-Identifier: MIT
#include "rules/error.hpp"

#include <fmt/format.h>

namespace primum::rules {

std::string format_error(const RuleError& error) {
    std::string out = error.file;
    if (error.line != 0) {
        out += fmt::format("{}{}:{}", out.empty() ? "" : ":", error.line, error.column);
    }
    out += fmt::format("{}{}", out.empty() ? "" : ": ", error.message);
    if (!error.key.empty() && !error.hint.empty()) {
        out += fmt::format(" (key \"{}\"; did you mean \"{}\"?)", error.key, error.hint);
    } else if (!error.key.empty()) {
        out += fmt::format(" (key \"{}\")", error.key);
    } else if (!error.hint.empty()) {
        out += fmt::format(" (did you mean \"{}\"?)", error.hint);
    }
    return out;
}

}  // namespace primum::rules
