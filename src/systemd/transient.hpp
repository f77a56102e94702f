// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"

#include <primum/clock.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::systemd {

// Another unit's program run as a unit of its own. Sandboxed: no new privileges, the file system
// read-only but for its own /tmp and `writes`, no devices, no kernel settings, control groups or
// modules.
struct TransientSpec {
    // What it may do beyond its user's own rights.
    enum class Powers : std::uint8_t {
        none,   // no capability
        files,  // root's over files, users and signals (chown, dac_override, fowner, fsetid, kill,
                // setuid, setgid); for root only
        looks,  // reads every process and file, writes nothing; no name space of its own; root only
    };
    // A file or directory that is seen, read-only, at another place.
    struct Shown {
        std::string from;
        std::string at;
    };

    std::string name;  // ends in .service
    std::string description;
    std::vector<std::string> run;  // an absolute path, then the arguments
    std::string user;              // empty: root
    bool dynamic_user = false;     // a user of its own, for as long as it runs
    Powers powers = Powers::none;
    std::vector<std::string> writes;
    std::vector<Shown> shown;
    std::string input;            // its standard input; not seen by anybody else
    std::uint64_t memory = 0;     // bytes
    std::uint32_t tasks = 0;      // processes and threads
    Duration timeout{0};          // systemd ends it then, should nobody else
    std::size_t output = 16'384;  // bytes that are kept: the first half and the last
};

// How it ended. By then no process of it is left.
struct TransientEnd {
    enum class How : std::uint8_t {
        ended,    // it ran: `result` says how
        refused,  // systemd did not take it: nothing ran
        unknown,  // nobody can say: no answer from systemd
    };
    How how = How::unknown;
    std::string result;  // systemd's word: success, exit-code, signal, timeout, oom-kill, ...
    std::string status;  // exit code, or the name of the signal
    std::string output;  // what it printed, the middle left out
    std::uint64_t printed = 0;  // bytes
    std::string detail;         // for people
    bool unlimited = false;     // this host has no memory or tasks controller: no limits held

    [[nodiscard]] bool success() const { return how == How::ended && result == "success"; }
    // Nothing when it was ended by a signal, or did not run.
    [[nodiscard]] std::optional<std::int32_t> exit_code() const;
};

// One run of a TransientSpec. What it prints is read to its end and not kept beyond `output`. When
// its main process has ended, whatever it left running is ended too, with the whole cgroup.
// Destroying it forgets the run and lets it go on.
class TransientUnit {
public:
    TransientUnit(EventLoop& loop, const Clock& clock, Manager& manager);
    ~TransientUnit();
    TransientUnit(const TransientUnit&) = delete;
    TransientUnit& operator=(const TransientUnit&) = delete;

    // Once. `done` once, never from inside.
    void start(TransientSpec spec, std::function<void(const TransientEnd&)> done);
    // Takes up one that an earlier run of this program has started: `done` when it has ended; how
    // is `refused` when it is not there (any more). What it printed is lost.
    void adopt(const std::string& name, std::function<void(const TransientEnd&)> done);
    // Ends all of its processes; `done` follows within ten seconds.
    void stop();
    [[nodiscard]] bool stopped() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::systemd
