// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace primum::systemd {

// What of a unit decides who goes down with it.
struct UnitLinks {
    std::string id;        // primary name
    bool running = false;  // neither inactive nor failed
    std::vector<std::string> required_by;
    std::vector<std::string> requisite_of;
    std::vector<std::string> bound_by;
    std::vector<std::string> consists_of;
    std::vector<std::string> propagates_stop_to;
    std::vector<std::string> conflicts;  // its own Conflicts= only
    std::vector<std::string> starts;     // Requires=, BindsTo= and Upholds=: started with it
};

// Finds the units that systemd would stop or restart along with a restart of `root`, by asking for
// the links of one unit after the other. Pure.
//
// As systemd 252 does it for a job of mode `fail` (its unit-dependency-atom.c and transaction.c):
// - What requires, has as requisite, is bound to or is part of a unit that is restarted is
//   restarted, and what is so to one that is stopped is stopped: as far as it runs, and not through
//   what does not run (a job that changes nothing takes no others along).
// - PropagatesStopTo= stops. On a restart only from systemd 253 on; it is counted in any case.
// - What is started, restarted or not, stops what it names in Conflicts=. What names it there
// stays:
//   in mode `fail` such a stop is dropped. A start takes along what the unit requires, is bound to
//   or upholds, and that its conflicts; a Wants= that would stop something is dropped.
// - Nothing else stops anything: neither TriggeredBy=, WantedBy=, UpheldBy= nor ordering.
class StopWalk {
public:
    enum class Job : std::uint8_t { restart, stop, start };
    struct Step {
        std::string unit;
        Job job = Job::restart;  // that systemd would queue on it
    };

    explicit StopWalk(std::string root);

    // The next unit to ask for; false when there is none at present.
    [[nodiscard]] bool has_next() const { return !open_.empty(); }
    [[nodiscard]] Step next();
    // The answer for a step.
    void take(const Step& step, const UnitLinks& links);
    // The units found so far, without the root.
    [[nodiscard]] const std::set<std::string>& found() const { return found_; }
    [[nodiscard]] const std::string& root() const { return root_; }

private:
    void add(const std::vector<std::string>& units, Job job);

    std::string root_;
    std::string root_id_;
    std::set<std::pair<std::string, bool>> seen_;  // with whether it would be started
    std::set<std::string> found_;
    std::deque<Step> open_;
};

}  // namespace primum::systemd
