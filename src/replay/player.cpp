// SPDX-License-Identifier: MIT
#include "replay/player.hpp"

#include "replay/recorded_rules.hpp"

#include <algorithm>
#include <utility>

namespace primum::replay {

Result<std::vector<Effect>, ReplayError> Player::play(const Event& event) {
    if (std::holds_alternative<RestoreEvent>(event.body)) {
        return begin(event);
    }
    if (!begun_) {
        return fail(ReplayError{"a recording begins with a restore event, this one does not"});
    }
    if (const auto* recorded = std::get_if<RulesEvent>(&event.body)) {
        if (!wants_rules_ && recorded->digest == engine_.host().rules_digest) {
            return std::vector<Effect>{};
        }
        RulesEvent rules = *recorded;
        if (auto compiled = compile_recorded(rules); !compiled) {
            return fail(compiled.error());
        }
        wants_rules_ = false;
        rules_ = rules.compiled;
        return engine_.advance({event.at, std::move(rules)});
    }
    return engine_.advance(event);
}

Result<std::vector<Effect>, ReplayError> Player::begin(const Event& event) {
    const std::string& state = std::get<RestoreEvent>(event.body).state.engine;
    if (begun_ && !state.empty() && engine_.save() == state) {
        return std::vector<Effect>{};
    }
    Engine fresh;
    std::vector<Effect> effects = fresh.advance(event);
    const bool taken = std::none_of(effects.begin(), effects.end(), [](const Effect& each) {
        return std::holds_alternative<Rejected>(each);
    });
    if (!state.empty() && !taken) {
        if (begun_) {
            return std::vector<Effect>{};
        }
        return fail(ReplayError{
            "the state that this segment begins with is of another version of primum, or damaged: "
            "begin with the first segment of the run"});
    }
    engine_ = std::move(fresh);
    begun_ = true;
    wants_rules_ = !state.empty();
    return effects;
}

}  // namespace primum::replay
