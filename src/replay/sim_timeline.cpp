// SPDX-License-Identifier: MIT
#include "replay/sim_timeline.hpp"

#include <primum/event.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace primum::replay {
namespace {

std::string time_text(Duration span) {
    const auto seconds = std::chrono::duration<double>(span).count();
    return fmt::format("{}s", seconds);
}

std::string levels_text(std::int64_t bits) {
    std::string text;
    for (std::size_t i = 0; i < level_count; ++i) {
        if ((bits >> i & 1) != 0) {
            text += (text.empty() ? "" : " or ") + std::string{enum_names<Level>[i]};
        }
    }
    return text.empty() ? "nothing" : text;
}

template <class E>
std::string_view named(std::int64_t value) {
    return name_of(static_cast<E>(value));
}

std::string who_text(const Deed& deed, const RuleSet& rules) {
    switch (deed.kind) {
        case DeedKind::source_fails:
        case DeedKind::source_silent:
        case DeedKind::source_nan:
            return deed.who < rules.sources.size() ? ' ' + rules.sources[deed.who].name : "";
        case DeedKind::candidate:
        case DeedKind::points:
        case DeedKind::mark:
            return deed.who < rules.providers.size() ? ' ' + rules.providers[deed.who].name : "";
        case DeedKind::preflight:
        case DeedKind::course:
        case DeedKind::way_back:
        case DeedKind::ledger:
        case DeedKind::off_switch:
        case DeedKind::wall_jump:
        case DeedKind::suspend:
        case DeedKind::busy:
        case DeedKind::reload:
        case DeedKind::crash:
            return "";
        default:
            return deed.who < rules.targets.size() ? ' ' + rules.targets[deed.who].name : "";
    }
}

std::string what_text(const Deed& deed) {
    switch (deed.kind) {
        case DeedKind::falls_ill:
            return fmt::format(" {}, cured by {}", named<Severity>(deed.a), levels_text(deed.b));
        case DeedKind::unit_fails:
            return fmt::format(
                ", {} tries of Restart= left, cured by {}", deed.a, levels_text(deed.b));
        case DeedKind::leaks:
            return fmt::format(", cured by {}", levels_text(deed.b));
        case DeedKind::lies:
            return fmt::format(" {}{}",
                               named<Severity>(deed.a),
                               deed.b == 0 ? "" : fmt::format(" by source {} alone", deed.b - 1));
        case DeedKind::remedy:
            return fmt::format(" {} {}", named<Level>(deed.a), named<SimEffect>(deed.b));
        case DeedKind::preflight:
            return fmt::format(" {}", named<SimAnswer>(deed.a));
        case DeedKind::course:
            return fmt::format(" {}", named<SimCourse>(deed.a));
        case DeedKind::way_back:
            return fmt::format(" {}", named<SimBack>(deed.a));
        case DeedKind::ledger:
            return fmt::format(" {}", named<SimDisk>(deed.a));
        case DeedKind::person:
            return fmt::format(" {}", named<SimHand>(deed.a));
        case DeedKind::tool:
            return fmt::format(" every {}", time_text(Duration{deed.b}));
        case DeedKind::command:
            return fmt::format(
                " {}{}", named<OperatorVerb>(deed.a), deed.b == 0 ? "" : " of all targets");
        case DeedKind::wall_jump:
            return fmt::format(" by {}", time_text(Duration{deed.a}));
        case DeedKind::reload:
            return fmt::format(" rule set {}", deed.a);
        case DeedKind::candidate:
        case DeedKind::mark:
            return fmt::format(" candidate {} {}", deed.a, named<CandidateState>(deed.b));
        case DeedKind::points:
            return fmt::format(" at candidate {}", deed.a);
        case DeedKind::crash:
            return fmt::format(" {} steps later, {}", deed.a, named<SimCrash>(deed.b));
        default:
            return "";
    }
}

}  // namespace

std::string deed_text(const Deed& deed, const RuleSet& rules) {
    const std::string lasts = deed.length > Duration::zero()
                                  ? fmt::format(", for {}", time_text(deed.length))
                                  : std::string{};
    return fmt::format("{}  {}{}{}{}",
                       time_text(deed.at),
                       name_of(deed.kind),
                       who_text(deed, rules),
                       what_text(deed),
                       lasts);
}

}  // namespace primum::replay
