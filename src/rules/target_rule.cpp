// SPDX-License-Identifier: MIT
#include "rules/budget.hpp"
#include "rules/compilation.hpp"
#include "rules/duration.hpp"
#include "rules/promotion.hpp"
#include "rules/protected.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;

constexpr std::size_t max_indicators = 64;

constexpr std::array<std::string_view, 11> unit_suffixes{".service",
                                                         ".socket",
                                                         ".target",
                                                         ".timer",
                                                         ".mount",
                                                         ".automount",
                                                         ".swap",
                                                         ".path",
                                                         ".device",
                                                         ".slice",
                                                         ".scope"};

void read_unit(TargetRule& target, Section& section) {
    const Member* member = section.find("unit");
    if (member == nullptr || !section.read("unit", target.unit)) {
        return;
    }
    if (const std::string_view why = mistake_in_unit(target.unit); !why.empty()) {
        section.fail_at(*member, why);
    }
}

void read_depends_on(CompiledTarget& target, Section& section) {
    const Member* member = section.find("depends_on");
    if (member == nullptr || !section.read("depends_on", target.rule.depends_on)) {
        return;
    }
    for (const Node& item : member->value.items) {
        target.depends_on.push_back(Dependency{item.text, item.at, section.path_to("depends_on")});
    }
    auto& names = target.rule.depends_on;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

void read_indicators(TargetRule& target, Section& section, const Compilation& all) {
    auto table = section.table("indicator");
    if (!table || table->members().empty()) {
        if (section.find("indicator") == nullptr || table) {
            section.fail_here(
                "a target needs an indicator, like indicator.unit.value = "
                "\"unit_state\"");
        }
        return;
    }
    if (table->members().size() > max_indicators) {
        table->fail_here(fmt::format("a target takes at most {} indicators", max_indicators));
        return;
    }
    for (const Member& member : table->members()) {
        if (!is_name(member.key)) {
            table->fail_key(member, "an indicator's name is letters, digits, '_', '-', '.', '@'");
        } else if (auto one = table->table_of(member)) {
            target.indicators.push_back(compile_indicator(member.key, *one, all));
            if (target.indicators.back().kind == ValueKind::unit_state && target.unit.empty() &&
                section.find("unit") == nullptr) {
                one->fail_here("unit_state needs the target's unit = \"...\"");
            }
        }
    }
}

// Whether the indicator can be at `when` or worse.
bool can_trigger(const IndicatorRule& indicator, Severity when) {
    for (std::size_t i = static_cast<std::size_t>(when); i < severity_count; ++i) {
        if (indicator.thresholds.at(i)) {
            return true;
        }
    }
    return false;
}

// An action is judged when `verify` ends: by then whatever triggered it must have had time to
// clear.
void check_verify(const RungRule& rung,
                  const TargetRule& target,
                  Section& section,
                  const Compilation& all) {
    if (rung.remedies.empty()) {
        return;
    }
    Duration needed{0};
    std::string_view slowest;
    for (const IndicatorRule& indicator : target.indicators) {
        const auto interval = interval_of(indicator, all);
        if (!interval || !can_trigger(indicator, rung.when)) {
            continue;
        }
        const Duration clears = indicator.over + indicator.clear.n * *interval;
        if (clears > needed) {
            needed = clears;
            slowest = indicator.name;
        }
    }
    if (rung.settle + rung.verify >= needed) {
        return;
    }
    const std::string why = fmt::format(
        "settle + verify is {}, but indicator {} takes {} to clear (over + clear x "
        "interval); give verify = \"{}\" or more",
        format_duration(rung.settle + rung.verify),
        slowest,
        format_duration(needed),
        format_duration(needed - rung.settle));
    if (const Member* verify = section.find("verify")) {
        section.fail_at(*verify, why);
    } else {
        section.fail_here(why);
    }
}

void read_ladder(TargetRule& target, Section& section, const Compilation& all) {
    auto ladder = section.table("ladder");
    if (!ladder) {
        return;
    }
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        auto one = ladder->table(name_of(level));
        if (!one) {
            continue;
        }
        RungRule& rung = target.rungs.at(i);
        rung = compile_rung(level, *one, all);
        const Member* count = one->find("indicators");
        if (count != nullptr && !target.indicators.empty() &&
            rung.indicators > target.indicators.size()) {
            one->fail_at(*count,
                         fmt::format("{} indicators are asked for, the target has {}",
                                     rung.indicators,
                                     target.indicators.size()));
        }
        if (!rung.remedies.empty() && target.unit.empty() && section.find("unit") == nullptr) {
            one->fail_here(fmt::format("a {} needs the target's unit = \"...\"",
                                       name_of(rung.remedies.front().kind)));
        }
        check_verify(rung, target, *one, all);
    }
    ladder->refuse_unknown_keys();
}

}  // namespace

std::string_view mistake_in_unit_name(std::string_view unit) {
    constexpr std::size_t max_unit_bytes = 255;
    const bool plain = std::all_of(unit.begin(), unit.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{":-_.\\@"}.find(c) != std::string_view::npos;
    });
    if (unit.empty() || unit.size() > max_unit_bytes || !plain) {
        return "no name of a systemd unit: letters, digits and :-_.\\@ are allowed, at most 255";
    }
    const auto suffix = std::find_if(unit_suffixes.begin(),
                                     unit_suffixes.end(),
                                     [&](std::string_view s) { return unit.ends_with(s); });
    if (suffix == unit_suffixes.end()) {
        return "the unit's name needs its suffix, like \".service\"";
    }
    const std::string_view stem = unit.substr(0, unit.size() - suffix->size());
    if (stem.empty() || stem.front() == '@') {
        return "the unit's name has nothing before its suffix";
    }
    if (stem.ends_with('@')) {
        return "this is a template; name one of its instances, like \"name@instance.service\"";
    }
    return {};
}

std::string_view mistake_in_unit(std::string_view unit) {
    if (const auto mistake = mistake_in_unit_name(unit); !mistake.empty()) {
        return mistake;
    }
    if (is_protected_unit(unit)) {
        return "this unit is protected: primum never touches it, and there is no key to allow it";
    }
    return {};
}

CompiledTarget compile_target(const std::string& name, Section& section, const Compilation& all) {
    CompiledTarget target;
    TargetRule& rule = target.rule;
    rule.name = name;
    read_unit(rule, section);
    section.read_name("mode", rule.mode);
    section.read_name("enforce_up_to", rule.enforce_up_to, Level::observe);
    read_promotions(rule, section);
    read_depends_on(target, section);
    section.read("warm_up", rule.warm_up, {Duration{0}, hours{24}});
    section.read("soak", rule.soak, {Duration{0}, hours{24}});
    section.read("relapse", rule.relapse, {Duration{0}, hours{24}});
    if (auto budget = section.table("budget")) {
        rule.budget = read_budget(*budget);
    }
    read_indicators(rule, section, all);
    read_ladder(rule, section, all);
    if (auto cost = section.table("cost")) {
        rule.cost = compile_cost(*cost, all);
    }
    section.refuse_unknown_keys();
    return target;
}

}  // namespace primum::rules
