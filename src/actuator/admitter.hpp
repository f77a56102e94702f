// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "actuator/admission.hpp"
#include "actuator/rules_cache.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/manager.hpp"

#include <primum/clock.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::actuator {

// The answer, and what was read on the way to it.
struct Admitted {
    Answer answer;
    std::string unit;  // primary name
    RemedyKind kind = RemedyKind::restart;
    Duration timeout{0};
    std::string invocation;
    std::vector<std::string> blast_radius;
};

// Gathers what admission.hpp asks for: the rules, the off switch and the budget first; only if they
// allow it the unit, and only if that does too what would go down with it.
class Admitter {
public:
    struct Parts {
        systemd::EventLoop& loop;
        const Clock& clock;
        systemd::Manager& manager;
        RulesCache& rules;
        LazyStore& store;
    };
    using Done = std::function<void(const Admitted&)>;

    Admitter(Parts parts, std::vector<std::string> off_switch);
    ~Admitter();
    Admitter(const Admitter&) = delete;
    Admitter& operator=(const Admitter&) = delete;

    // `execute`: the blast radius counts, too. `done` is called once, perhaps at once; not after
    // the Admitter is gone.
    void admit(const Ask& ask, bool execute, Done done);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace primum::actuator
