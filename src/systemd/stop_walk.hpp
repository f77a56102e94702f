// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <set>
#include <string>
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
    std::vector<std::string> conflicts;  // both ways
};

// Finds the units that systemd would stop or restart along with a restart of `root`, by asking for
// the links of one unit after the other. Pure.
//
// A restart reaches what requires, has as requisite, is bound to or is part of the unit, as far as
// it runs: those are restarted, too. PropagatesStopTo= stops, and goes on through units that do not
// run. What is started again stops what it conflicts with.
class StopWalk {
public:
    struct Step {
        std::string unit;
        bool through_inactive = false;  // its dependants are reached even if it does not run
        bool restarted = false;         // it would be started again, so its conflicts count
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
    void add(const std::vector<std::string>& units, bool through_inactive, bool restarted);

    std::string root_;
    std::string root_id_;
    std::set<std::string> seen_;
    std::set<std::string> found_;
    std::deque<Step> open_;
};

}  // namespace primum::systemd
