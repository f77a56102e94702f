// SPDX-License-Identifier: MIT
#include "rules/settings_text.hpp"

#include "rules/duration.hpp"

#include <fmt/format.h>

namespace primum::rules {
namespace {

std::string budget_text(std::string_view key, const Budget& budget) {
    return fmt::format("{} = {{ actions = {}, per = \"{}\" }}\n",
                       key,
                       budget.actions,
                       format_duration(budget.per));
}

}  // namespace

std::string decision_settings_text(const Settings& settings) {
    const DecisionSettings& decision = settings.decision;
    std::string out = fmt::format("mode = \"{}\"\n", name_of(decision.mode));
    out += fmt::format("[budget]\nin_flight = {}\n", decision.in_flight);
    out += budget_text("host", decision.host);
    for (std::size_t i = 0; i < level_count; ++i) {
        if (const auto& budget = decision.per_level.at(i)) {
            out += budget_text(fmt::format("level.{}", name_of(static_cast<Level>(i))), *budget);
        }
    }
    out += fmt::format("[breaker]\nwindow = {}\nworse = {}\nno_effect = {}\n",
                       decision.breaker.window,
                       decision.breaker.worse,
                       decision.breaker.no_effect);
    out += fmt::format("[hold]\nmax = \"{}\"\n", format_duration(decision.max_hold));
    const ResponseRule& response = decision.response;
    out += fmt::format(
        "[incidents]\nsev2_after = \"{}\"\nsev1_after = \"{}\"\nsev1_respond = \"{}\"\n"
        "sev2_respond = \"{}\"\nsev3_respond = \"{}\"\nmax_overdue = {}\n",
        format_duration(response.sev2_after),
        format_duration(response.sev1_after),
        format_duration(response.respond[0]),
        format_duration(response.respond[1]),
        format_duration(response.respond[2]),
        response.max_overdue);
    out += fmt::format("[promotion]\nrequired = {}\n", settings.promotion.required);
    return out;
}

}  // namespace primum::rules
