// SPDX-License-Identifier: MIT
#include "rules/budget.hpp"

#include "rules/duration.hpp"
#include "rules/settings.hpp"

#include <fmt/format.h>

namespace primum::rules {

Budget read_budget(Section& section) {
    using std::chrono::hours;
    using std::chrono::minutes;
    Budget budget;
    const Member* actions = section.find("actions");
    const Member* per = section.find("per");
    const bool has_actions = section.read("actions", budget.actions, {1, 100'000});
    const bool has_per = section.read("per", budget.per, {minutes{1}, hours{24}});
    if (actions == nullptr || per == nullptr) {
        section.fail_here("a budget needs both, like { actions = 4, per = \"1h\" }");
    }
    if (has_actions && has_per) {
        const std::int64_t allowed_us = Duration{hours{1}}.count() / max_actions_per_hour;
        if (budget.per.count() / allowed_us < std::int64_t{budget.actions}) {
            section.fail_at(*actions,
                            fmt::format("{} actions per {} are over the ceiling of {} an hour",
                                        budget.actions,
                                        format_duration(budget.per),
                                        max_actions_per_hour));
        }
    }
    section.refuse_unknown_keys();
    return budget;
}

}  // namespace primum::rules
