// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace primum::rules {

// One mistake in a rule or settings file, and where it stands. The error type of this room.
struct RuleError {
    std::string file;          // path as given; empty for text that came from no file
    std::uint32_t line = 0;    // from 1; 0 when the whole file is meant
    std::uint32_t column = 0;  // from 1, in characters
    std::string key;           // the offending key, dotted from the top; may be empty
    std::string message;       // says what is wrong and what would be right
    std::string hint;          // the nearest known key, or empty
    bool operator==(const RuleError&) const = default;
};

// `file:line:column: message (key "x"; did you mean "y"?)`, leaving out what is empty.
[[nodiscard]] std::string format_error(const RuleError& error);

}  // namespace primum::rules
