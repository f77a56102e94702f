// SPDX-License-Identifier: MIT
#pragma once

#include "telemetry/message_ids.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace primum::telemetry {

// syslog's, as the journal's PRIORITY wants them.
enum class Priority : std::uint8_t { alert = 1, error = 3, warning, notice, info, debug };

// One structured entry. Empty fields are left out.
struct Entry {
    Priority priority = Priority::info;
    MessageKind kind = MessageKind::daemon;
    std::string message;
    std::string target;
    std::string level;
    std::string reason;
    std::uint64_t incident = 0;  // 0: none
    std::string action;
};

// The entry as the journal takes it: MESSAGE, PRIORITY, MESSAGE_ID, SYSLOG_IDENTIFIER and the
// fields TARGET, LEVEL, REASON, INCIDENT, ACTION, each "NAME=value".
[[nodiscard]] std::vector<std::string> fields_of(const Entry& entry, std::string_view identifier);

// Writes one entry; may block. False: it could not be written.
using Writer = std::function<bool(const Entry&)>;

[[nodiscard]] Writer journal_writer(std::string identifier);
// Lines for people on stderr, coloured on a terminal.
[[nodiscard]] Writer stderr_writer(std::string identifier);

// True when stderr of this process is the journal's own stream (started by systemd).
[[nodiscard]] bool under_journal();

// Takes entries from the loop and writes them on a thread of its own, so that a journal that has
// stopped reading never stops the loop. When `capacity` entries wait, new ones are dropped and
// counted; the next entry that goes through is followed by one that says how many were lost.
// log() may be called from any thread.
class Journal {
public:
    explicit Journal(Writer writer, std::size_t capacity = 1024);
    // Gives what waits up to a second to be written; then leaves the thread behind.
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    void log(Entry entry);
    // Plain messages of the program itself.
    void info(std::string message);
    void notice(std::string message);
    void warning(std::string message);
    void error(std::string message);

    // How many entries were dropped or could not be written, since the start.
    [[nodiscard]] std::uint64_t dropped() const;

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace primum::telemetry
