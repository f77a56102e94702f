// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/action_store.hpp"
#include "actuator/admission.hpp"
#include "actuator/ports.hpp"
#include "actuator/rules_cache.hpp"
#include "systemd/event_loop.hpp"

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
    std::string invocation;
    std::string user;  // the unit's User=
    RemedyRule remedy;
    std::optional<ProviderRule> provider;  // of a failover
    std::string current;                   // the candidate that its pointer names; empty: none
    std::vector<std::string> blast_radius;
};

// Gathers what admission.hpp asks for: the rules, the off switch and the budget first; only if they
// allow it whose the programs and files are, where the pointer points, and the unit; and only if
// that allows it, too, what would go down with it.
class Admitter {
public:
    struct Parts {
        systemd::EventLoop& loop;
        const Clock& clock;
        const Ports& ports;
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
