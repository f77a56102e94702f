// SPDX-License-Identifier: MIT
#pragma once

#include "replay/replay_error.hpp"

#include <primum/engine.hpp>
#include <primum/event.hpp>
#include <primum/result.hpp>
#include <primum/rules.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace primum::replay {

// Asks a rule set what it would have done with the evidence of a recording.
//
// The evidence (series, samples, sources, units, jobs, the host, holds) is as it was recorded. The
// recorded answers belong to the actions of the recorded run, so they are left out, and every
// question gets a simple answer at once: the actuator can, the ledger has committed, the action is
// done, the way back is taken. What an action would have done to the evidence is not known: it goes
// on as recorded. Acknowledgements and rollbacks by a person are left out too, for the incidents
// and actions that they name are others. Ticks come when this engine asks for them.
//
// A recorded start begins anew with the recorded holds and baselines, without incidents and
// actions. In the middle of a run it begins with the recorded state of the engine, incidents and
// all; what has another meaning in these rules is as after a reload. An action that was under way
// then gets its recorded answers.
class Rehearsal {
public:
    // Null: the recorded rules, with their reloads.
    explicit Rehearsal(std::shared_ptr<const RuleSet> rules) : rules_(std::move(rules)) {}

    // One recorded event. Gives all effects that it led to, with when they came.
    struct Step {
        Stamp at;
        Effect effect;
    };
    [[nodiscard]] Result<std::vector<Step>, ReplayError> play(const Event& event);

    [[nodiscard]] const Engine& engine() const { return engine_; }

private:
    // A fast series of ticks for one event; an engine that asks for more gets them with the next.
    static constexpr std::size_t max_ticks = 10'000;

    [[nodiscard]] Result<void, ReplayError> begin(const Event& event);
    // Whether the event answers what this engine did not ask.
    [[nodiscard]] bool answers_another(const EventBody& body);
    [[nodiscard]] Result<void, ReplayError> take_rules(const Event& event);
    void catch_up(Stamp until);
    void feed(Stamp at, EventBody body);
    void answer(const Effect& effect);

    std::shared_ptr<const RuleSet> rules_;
    Engine engine_;
    bool begun_ = false;
    bool wants_rules_ = false;       // even those that it says it has
    bool in_middle_ = false;         // of a run: what was under way there gets its answers
    std::size_t unanswered_ = 0;     // intents of the state that the ledger has not answered
    std::set<std::string> foreign_;  // recorded actions that are not of the state
    std::optional<Stamp> last_;
    std::vector<EventBody> answers_;
    std::vector<Step> steps_;
};

}  // namespace primum::replay
