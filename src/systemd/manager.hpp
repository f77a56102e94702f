// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/bus.hpp"

#include <primum/result.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace primum::systemd {

// Why systemd could not be asked, or what it answered.
struct ManagerError {
    std::string name;     // D-Bus error name; "disconnected" when there is no bus
    std::string message;  // for people
};

template <class T>
using ManagerResult = Result<T, ManagerError>;

// A unit as systemd knows it, read at one moment. Times are CLOCK_MONOTONIC, zero for never.
struct UnitFacts {
    std::string id;               // primary name
    std::string load_state;       // loaded, not-found, masked, bad-setting, error, ...
    std::string unit_file_state;  // enabled, disabled, static, masked, ...; may be empty
    std::string active_state;
    std::string sub_state;
    std::string result;         // services only
    std::string invocation_id;  // hex
    std::uint32_t job_id = 0;   // 0: none
    bool can_start = false;
    bool can_reload = false;
    bool refuses_manual_start = false;
    bool refuses_manual_stop = false;
    bool service = false;            // the members below mean something
    bool remain_after_exit = false;  // it may be active without a process
    std::uint32_t main_pid = 0;      // 0: none; only to be compared, never to be signalled
    std::uint32_t control_pid = 0;
    std::uint32_t stored_fds = 0;  // in its file descriptor store
    std::string user;              // User=; empty: root
    Instant main_exited;           // when the last main process ended
    Instant active_entered;
    Instant active_left;
    Instant inactive_entered;
    Instant inactive_left;
};

// How a job ended: done, failed, canceled, timeout, dependency, skipped, ... as systemd says it.
struct JobEnd {
    std::string path;
    std::string result;
};

enum class JobVerb : std::uint8_t { restart, reload, stop_now };

// What a person could do with systemctl, without waiting: every call returns at once and answers
// through its callback, exactly once, from the loop. The Bus must outlive it; callbacks of a
// destroyed Manager do not come.
class Manager {
public:
    explicit Manager(Bus& bus);
    ~Manager();
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    // Everything about one unit.
    void facts(const std::string& unit, std::function<void(ManagerResult<UnitFacts>)> done);

    // The other units that systemd would stop or restart if this one were restarted: through
    // RequiredBy, RequisiteOf, BoundBy, ConsistsOf and PropagatesStopTo, transitively, and through
    // Conflicts of what would be started again. Only such as are not inactive now; sorted. More
    // than `most` is the error "too_many".
    void stopped_with(const std::string& unit,
                      std::uint32_t most,
                      std::function<void(ManagerResult<std::vector<std::string>>)> done);

    using Queued = std::function<void(ManagerResult<std::string>)>;
    using JobEnded = std::function<void(const JobEnd&)>;
    using Told = std::function<void(ManagerResult<void>)>;
    using Fill = std::function<void(sdbus::MethodCall&)>;

    // Queues a job with mode `fail` (stop_now, for units of our own: `replace`). `queued` gets its
    // path, or why systemd refused it; after a path, `ended` comes once, however long that takes,
    // unless the bus is lost (then with result "disconnected").
    void start_job(JobVerb verb, const std::string& unit, Queued queued, JobEnded ended);

    // Awaits a job that is there already; `ended` comes at once, with result "gone", when it is
    // not.
    void await_job(std::uint32_t job_id, JobEnded ended);

    // As start_job, by StartTransientUnit, whose arguments `fill` gives; it may be called late.
    void start_transient(Fill fill, Queued queued, JobEnded ended);
    // Sends a signal to the unit's processes: `whom` is main, control or all.
    void signal_unit(const std::string& unit, const std::string& whom, int signal, Told done);
    void reset_failed(const std::string& unit, Told done);
    // All properties of one of the unit's interfaces.
    void properties(const std::string& unit,
                    const std::string& interface,
                    std::function<void(ManagerResult<std::map<std::string, sdbus::Variant>>)> done);
    [[nodiscard]] Bus& bus();

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

// The number in a job's object path, or 0.
[[nodiscard]] std::uint32_t job_id_of(const std::string& job_path);

}  // namespace primum::systemd
