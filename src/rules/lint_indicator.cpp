// SPDX-License-Identifier: MIT
#include "rules/duration.hpp"
#include "rules/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace primum::rules {
namespace {

// Of a unit and a probe there are two values only; an age grows and falls to 0.
bool is_noisy(const IndicatorRule& indicator) {
    switch (indicator.kind) {
        case ValueKind::gauge:
        case ValueKind::rate:
        case ValueKind::increase:
        case ValueKind::ratio:
        case ValueKind::quantile:
            return true;
        case ValueKind::age:
        case ValueKind::unit_state:
        case ValueKind::probe:
            break;
    }
    return false;
}

// `{ below = 1 }` and `{ above = 0 }` of a gauge: it is one of yes and no, or a count of nothing.
bool is_yes_or_no(const IndicatorRule& indicator, const Threshold& threshold) {
    return indicator.kind == ValueKind::gauge && ((threshold.below == 1.0 && !threshold.above) ||
                                                  (threshold.above == 0.0 && !threshold.below));
}

bool lacks_hysteresis(const IndicatorRule& indicator, const Threshold& threshold) {
    return !is_yes_or_no(indicator, threshold) && ((threshold.above && !threshold.clear_below) ||
                                                   (threshold.below && !threshold.clear_above));
}

// The mildest severity at which something may be done to the target.
Severity acts_from(const TargetRule& target) {
    auto from = Severity::critical;
    for (const RungRule& rung : target.rungs) {
        if (!rung.remedies.empty()) {
            from = std::min(from, rung.when);
        }
    }
    return from;
}

void lint_hysteresis(const TargetRule& target, const IndicatorRule& indicator, LintList& lints) {
    for (auto i = static_cast<std::size_t>(acts_from(target)); i < severity_count; ++i) {
        const auto& threshold = indicator.thresholds.at(i);
        if (!is_noisy(indicator) || !threshold || !lacks_hysteresis(indicator, *threshold)) {
            continue;
        }
        const bool over = threshold->above.has_value();
        const std::string_view severity = name_of(static_cast<Severity>(i));
        lints.add(LintCode::no_hysteresis,
                  fmt::format("target.{}.indicator.{}.{}", target.name, indicator.name, severity),
                  fmt::format("a {} that stays close to {} trips and clears again and again",
                              name_of(indicator.kind),
                              over ? *threshold->above : *threshold->below),
                  over ? "give clear_below, some way under above"
                       : "give clear_above, some way over below");
        return;  // once an indicator
    }
}

// A restart or a fallback that one witness alone can call for. A failed unit is no witness but the
// fact itself.
void lint_witnesses(const RuleSet& rules, const TargetRule& target, Level level, LintList& lints) {
    const RungRule& rung = target.rungs.at(index_of(level));
    std::set<std::uint32_t> sources;
    bool unit = false;
    for (const IndicatorRule& indicator : target.indicators) {
        if (indicator.kind == ValueKind::unit_state) {
            unit = true;
        } else if (can_be_at(indicator, rung.when)) {
            sources.insert(indicator.source);
        }
    }
    if (rung.remedies.empty() || sources.empty() || sources.size() + (unit ? 1 : 0) > 1) {
        return;
    }
    lints.add(LintCode::single_source,
              rung_key(target, level),
              fmt::format("a {} rests on what source {} says alone",
                          name_of(rung.remedies.front().kind),
                          rules.sources.at(*sources.begin()).name),
              "add indicator.unit.value = \"unit_state\" or an indicator of another source");
}

void lint_verify(const RuleSet& rules, const TargetRule& target, Level level, LintList& lints) {
    const RungRule& rung = target.rungs.at(index_of(level));
    if (rung.remedies.empty()) {
        return;
    }
    const SourceRule* slowest = nullptr;
    for (const IndicatorRule& indicator : target.indicators) {
        if (indicator.kind == ValueKind::unit_state) {
            continue;
        }
        const SourceRule& source = rules.sources.at(indicator.source);
        if (slowest == nullptr || source.interval > slowest->interval) {
            slowest = &source;
        }
    }
    if (slowest == nullptr || rung.verify >= slowest->interval) {
        return;
    }
    lints.add(LintCode::verify_too_short,
              rung_key(target, level, "verify"),
              fmt::format("verify is {}, but source {} is read every {}: it may say nothing in "
                          "that time",
                          format_duration(rung.verify),
                          slowest->name,
                          format_duration(slowest->interval)),
              fmt::format("give verify = \"{}\" or more, or a shorter interval",
                          format_duration(2 * slowest->interval)));
}

}  // namespace

void lint_indicators(const RuleSet& rules, const TargetRule& target, LintList& lints) {
    const bool acting = std::any_of(target.rungs.begin(),
                                    target.rungs.end(),
                                    [](const RungRule& rung) { return !rung.remedies.empty(); });
    if (!acting) {
        return;
    }
    for (const IndicatorRule& indicator : target.indicators) {
        lint_hysteresis(target, indicator, lints);
    }
    for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        lint_verify(rules, target, level, lints);
        if (level >= Level::restart) {
            lint_witnesses(rules, target, level, lints);
        }
    }
}

}  // namespace primum::rules
