// SPDX-License-Identifier: MIT
#include "replay/player.hpp"

#include "replay/recorded_rules.hpp"

namespace primum::replay {

Result<std::vector<Effect>, ReplayError> Player::play(const Event& event) {
    if (std::holds_alternative<RestoreEvent>(event.body)) {
        engine_ = Engine{};  // as at each start
        begun_ = true;
    } else if (!begun_) {
        return fail(ReplayError{"a recording begins with a restore event, this one does not"});
    } else if (const auto* recorded = std::get_if<RulesEvent>(&event.body)) {
        if (recorded->digest == engine_.host().rules_digest) {
            return std::vector<Effect>{};
        }
        RulesEvent rules = *recorded;
        if (auto compiled = compile_recorded(rules); !compiled) {
            return fail(compiled.error());
        }
        return engine_.advance({event.at, std::move(rules)});
    }
    return engine_.advance(event);
}

}  // namespace primum::replay
