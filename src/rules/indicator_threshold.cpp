// SPDX-License-Identifier: MIT
#include "rules/indicator_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint32_t max_min_samples = 1'000'000;

// A number that is there and right.
bool read_number(Section& table, std::string_view key, std::optional<double>& out) {
    double value = 0;
    if (!table.read(key, value)) {
        return false;
    }
    out = value;
    return true;
}

// Distances count from the baseline, either way: there are no negative ones.
void read_from_baseline(Section& table, Threshold& threshold) {
    const auto distance = [&](std::string_view key, std::optional<double>& out) {
        if (read_number(table, key, out) && !(*out > 0)) {
            table.fail_at(*table.find(key), fmt::format("{} is more than 0", key));
        }
    };
    distance("above_baseline", threshold.above_baseline);
    distance("below_baseline", threshold.below_baseline);
    std::optional<double> by_at_least;
    distance("by_at_least", by_at_least);
    threshold.by_at_least = by_at_least.value_or(0);
    const bool from_baseline =
        table.find("above_baseline") != nullptr || table.find("below_baseline") != nullptr;
    const Member* least = table.find("by_at_least");
    if (from_baseline && least == nullptr) {
        table.fail_here(
            "a threshold from the baseline needs by_at_least: of a value that hardly moves any "
            "step is many deviations");
    }
    if (!from_baseline && least != nullptr) {
        table.fail_key(*least, "by_at_least goes with above_baseline or below_baseline");
    }
}

void check_hysteresis(Section& table, const Threshold& threshold) {
    // Where above or below itself is no number there is an error already.
    const bool below_fits =
        threshold.above ? threshold.clear_below <= threshold.above : table.find("above") != nullptr;
    const bool above_fits =
        threshold.below ? threshold.clear_above >= threshold.below : table.find("below") != nullptr;
    if (threshold.clear_below && !below_fits) {
        table.fail_at(*table.find("clear_below"),
                      "clear_below goes with above, and is not over it");
    }
    if (threshold.clear_above && !above_fits) {
        table.fail_at(*table.find("clear_above"),
                      "clear_above goes with below, and is not under it");
    }
    if (threshold.above && threshold.below && *threshold.above < *threshold.below) {
        table.fail_here("above is less than below: every value would be ill");
    }
}

std::optional<Threshold> read_threshold(Section& section, std::string_view key) {
    auto table = section.table(key);
    if (!table) {
        return std::nullopt;
    }
    Threshold threshold;
    read_number(*table, "above", threshold.above);
    read_number(*table, "below", threshold.below);
    read_number(*table, "clear_below", threshold.clear_below);
    read_number(*table, "clear_above", threshold.clear_above);
    read_from_baseline(*table, threshold);
    table->refuse_unknown_keys();
    constexpr std::array sides{"above", "below", "above_baseline", "below_baseline"};
    if (std::none_of(sides.begin(), sides.end(), [&](const char* side) {
            return table->find(side) != nullptr;
        })) {
        table->fail_here("a threshold needs above or below");
        return std::nullopt;
    }
    check_hysteresis(*table, threshold);
    return threshold;
}

using Side = std::optional<double> Threshold::*;

// A severity must not begin before a milder one does, on any side. `down`: it begins below.
void check_order(const IndicatorRule& rule, Section& section, Side side, bool down) {
    const std::optional<double>* milder = nullptr;
    std::string_view milder_name;
    for (std::size_t i = 0; i < severity_count; ++i) {
        const std::optional<Threshold>& threshold = rule.thresholds.at(i);
        if (!threshold || !(*threshold.*side)) {
            continue;
        }
        const std::optional<double>& begins = *threshold.*side;
        const std::string_view name = name_of(static_cast<Severity>(i));
        if (milder != nullptr && (down ? begins > *milder : begins < *milder)) {
            section.fail_at(*section.find(name),
                            fmt::format("{} begins before {} does", name, milder_name));
            return;
        }
        milder = &begins;
        milder_name = name;
    }
}

void read_baseline(IndicatorRule& rule, Section& section) {
    const bool wanted =
        std::any_of(rule.thresholds.begin(), rule.thresholds.end(), [](const auto& each) {
            return each && (each->above_baseline || each->below_baseline);
        });
    if (wanted) {
        rule.baseline = BaselineRule{};
    }
    const Member* member = section.find("baseline");
    if (member == nullptr) {
        return;
    }
    auto table = section.table_of(*member);
    if (!table) {
        return;
    }
    BaselineRule baseline;
    table->read("min_samples", baseline.min_samples, {10, max_min_samples});
    table->read("forget", baseline.forget, {minutes{1}, hours{24 * 366}});
    table->read_name("seasonal", baseline.seasonal);
    table->refuse_unknown_keys();
    rule.baseline = baseline;
}

// Of a unit there is nothing to compare, of a probe nothing to learn.
void refuse_baseline(IndicatorRule& rule, Section& section) {
    const bool learnable = rule.kind != ValueKind::unit_state && rule.kind != ValueKind::probe;
    if (const Member* member = section.find("baseline"); member != nullptr && !learnable) {
        section.fail_key(*member, fmt::format("{} has no baseline", name_of(rule.kind)));
        rule.baseline.reset();
    }
}

}  // namespace

bool read_thresholds(IndicatorRule& rule, Section& section) {
    bool any = false;
    for (const Severity severity :
         {Severity::info, Severity::warning, Severity::error, Severity::critical}) {
        const std::string_view name = name_of(severity);
        const Member* member = section.find(name);
        any = any || member != nullptr;
        if (member != nullptr && rule.kind == ValueKind::unit_state) {
            section.fail_key(*member, "unit_state has no thresholds: failed is critical");
        } else if (member != nullptr) {
            rule.thresholds.at(static_cast<std::size_t>(severity)) = read_threshold(section, name);
        }
    }
    if (!any && rule.kind == ValueKind::probe) {
        Threshold failed;
        failed.below = 1;
        rule.thresholds.at(static_cast<std::size_t>(Severity::error)) = failed;
        any = true;
    }
    check_order(rule, section, &Threshold::above, false);
    check_order(rule, section, &Threshold::below, true);
    check_order(rule, section, &Threshold::above_baseline, false);
    check_order(rule, section, &Threshold::below_baseline, false);
    read_baseline(rule, section);
    refuse_baseline(rule, section);
    return any;
}

}  // namespace primum::rules
