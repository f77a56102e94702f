// SPDX-License-Identifier: MIT
#pragma once

#include "telemetry/journal.hpp"

#include <memory>
#include <string>

namespace primum::telemetry {

// Writes entries as lines on stderr, for people. The only part that knows spdlog.
class LogLine {
public:
    explicit LogLine(const std::string& identifier);
    ~LogLine();
    LogLine(const LogLine&) = delete;
    LogLine& operator=(const LogLine&) = delete;

    void write(const Entry& entry);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// The text of the line after time and priority: the message, then the fields that it does not
// carry itself, as `name=value`.
[[nodiscard]] std::string text_of(const Entry& entry);

}  // namespace primum::telemetry
