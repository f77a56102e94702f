// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/monit_tokens.hpp"

#include <primum/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

// A statement of a service: its words, the first of which says what it is.
using MonitWords = std::vector<MonitToken>;

// `if TEST then ACTION`.
struct MonitTest {
    MonitPlace at;
    MonitWords test;           // between `if` and `then`, without the cycles
    std::string action;        // alert, restart, start, stop, exec, unmonitor, timeout; lower case
    std::uint32_t times = 0;   // so many bad cycles ...
    std::uint32_t within = 0;  // ... of so many; 0: the file does not say
    std::string text;          // as written
};

struct MonitService {
    std::string type;  // process, file, ...; lower case
    std::string name;
    MonitPlace at;
    std::string path;  // of pidfile, path, address, interface or matching
    std::string start;
    std::string stop;
    std::string restart;
    Duration start_timeout{0};  // 0: the file does not say
    bool passive = false;
    std::uint32_t every = 1;  // cycles
    std::vector<MonitToken> depends_on;
    std::vector<MonitTest> tests;
};

struct MonitFile {
    Duration cycle{std::chrono::minutes{2}};  // Debian's `set daemon 120`
    std::vector<MonitService> services;
    std::vector<MonitLeft> left;  // what is not understood, and what concerns monit alone
};

// Takes the statements apart. Whatever the tokens are: what makes no sense is left over.
[[nodiscard]] MonitFile read_monit(const std::vector<MonitToken>& tokens);

// The words on one line, as written but for blanks.
[[nodiscard]] std::string text_of(const MonitWords& words);

// A whole number from 0 to 4,294,967,295; nothing else.
[[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view text);

}  // namespace primum::ctl
