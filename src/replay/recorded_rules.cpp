// SPDX-License-Identifier: MIT
#include "replay/recorded_rules.hpp"

#include "rules/loader.hpp"

namespace primum::replay {

Result<void, ReplayError> compile_recorded(RulesEvent& rules) {
    rules::RulesLoad load = rules::compile_recorded_rules(rules.text);
    if (!load.errors.empty()) {
        return fail(ReplayError{"the recorded rules: " + rules::format_error(load.errors.front())});
    }
    if (load.rules->digest != rules.digest) {
        return fail(ReplayError{"the recorded rules mean something else to this version (digest " +
                                load.rules->digest + ", recorded as " + rules.digest +
                                "): name rules to replay with"});
    }
    rules.compiled = std::move(load.rules);
    return {};
}

}  // namespace primum::replay
