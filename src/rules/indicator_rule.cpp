// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/duration.hpp"
#include "rules/indicator_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::int64_t max_window_samples = 1000;
constexpr std::uint32_t no_source = UINT32_MAX;  // not known (yet): nothing is checked against it

void read_persistences(IndicatorRule& rule, Section& section) {
    const bool by_change = rule.kind == ValueKind::unit_state;
    if (by_change) {
        rule.trip = Persistence{1, 1, Duration{0}};
        rule.clear = Persistence{1, 1, Duration{0}};
    }
    const Member* trip = section.find("trip");
    for (const std::string_view key : {"trip", "clear"}) {
        const Member* member = section.find(key);
        if (member != nullptr && by_change) {
            section.fail_key(*member, "unit_state is judged on change: it takes only \"for\"");
        } else if (member != nullptr) {
            read_persistence(section, key, key == "trip" ? rule.trip : rule.clear);
        }
    }
    if (const Member* dwell = section.find("for")) {
        if (trip != nullptr && !by_change) {
            section.fail_key(*dwell, "either trip or for, not both");
        } else if (section.read("for", rule.trip.duration, {milliseconds{1}, hours{24}})) {
            rule.trip.k = 1;
            rule.trip.n = 1;
        }
    }
}

void check_window(const IndicatorRule& rule, Section& value, Duration interval) {
    if (rule.over == Duration{0}) {
        return;
    }
    if (rule.over < 2 * interval) {
        value.fail_at(*value.find("over"),
                      fmt::format("the window holds less than two samples (the interval is {})",
                                  format_duration(interval)));
    } else if (rule.over / interval > max_window_samples) {
        value.fail_at(*value.find("over"),
                      fmt::format("the window holds more than {} samples (the interval is {})",
                                  max_window_samples,
                                  format_duration(interval)));
    }
}

void read_source(IndicatorRule& rule, Section& section, const Compilation& all) {
    const Member* member = section.find("source");
    if (rule.kind == ValueKind::unit_state) {
        rule.source = 0;
        for (const std::string_view key : {"source", "reduce", "stale"}) {
            if (const Member* present = section.find(key)) {
                section.fail_key(*present, fmt::format("unit_state has no {}", key));
            }
        }
        return;
    }
    if (member == nullptr) {
        section.fail_here("an indicator of series needs a source");
        return;
    }
    const std::string* name = section.string_of(*member);
    if (name == nullptr) {
        return;
    }
    const auto source = all.sources.find(*name);
    if (source == all.sources.end()) {
        if (!all.incomplete) {
            std::vector<std::string_view> known;
            known.reserve(all.sources.size());
            for (const auto& [known_name, unused] : all.sources) {
                known.push_back(known_name);
            }
            section.refuse_reference(*member, "source", *name, known);
        }
        return;
    }
    rule.source = source->second;
    if (!interval_of(rule, all)) {
        return;
    }
    const Duration interval = *interval_of(rule, all);
    rule.stale_after = 3 * interval;
    section.read("stale", rule.stale_after, {interval, hours{24}});
    if (const Member* value = section.find("value"); value != nullptr && rule.over > Duration{0}) {
        if (auto table = section.table_of(*value)) {
            check_window(rule, *table, interval);
        }
    }
}

}  // namespace

bool read_persistence(Section& section, std::string_view key, Persistence& out) {
    std::string text;
    if (!section.read(key, text)) {
        return false;
    }
    constexpr std::uint32_t max_evaluations = 100;
    Persistence read{0, 0, Duration{0}};
    const char* const end = text.data() + text.size();
    const auto [after_k, k_error] = std::from_chars(text.data(), end, read.k);
    const std::string_view rest{after_k, static_cast<std::size_t>(end - after_k)};
    constexpr std::string_view of = " of ";
    const bool shaped = k_error == std::errc{} && rest.starts_with(of);
    if (shaped) {
        const auto [after_n, n_error] = std::from_chars(after_k + of.size(), end, read.n);
        if (n_error == std::errc{} && after_n == end && read.k >= 1 && read.k <= read.n &&
            read.n <= max_evaluations) {
            out = read;
            return true;
        }
    }
    section.fail_at(*section.find(key),
                    fmt::format("\"{}\" is not like \"3 of 5\", with 1 <= k <= n <= {}",
                                text.substr(0, 64),
                                max_evaluations));
    return false;
}

std::optional<Duration> interval_of(const IndicatorRule& indicator, const Compilation& all) {
    return indicator.kind == ValueKind::unit_state || indicator.source >= all.intervals.size()
               ? std::nullopt
               : all.intervals[indicator.source];
}

IndicatorRule compile_indicator(const std::string& name, Section& section, const Compilation& all) {
    IndicatorRule rule;
    rule.name = name;
    rule.source = no_source;
    if (!read_value(rule, section)) {
        for (const std::string_view key : {"source", "reduce", "stale", "trip", "clear", "for"}) {
            section.find(key);
        }
        static_cast<void>(read_thresholds(rule, section));
        section.refuse_unknown_keys();
        return rule;
    }
    read_source(rule, section, all);
    const bool is_count = rule.kind == ValueKind::rate || rule.kind == ValueKind::increase ||
                          rule.kind == ValueKind::ratio || rule.kind == ValueKind::quantile;
    rule.reduce = is_count ? Reduce::sum : Reduce::worst;
    if (rule.kind != ValueKind::unit_state) {
        section.read_name("reduce", rule.reduce);
        section.find("stale");
    }
    if (!read_thresholds(rule, section) && rule.kind != ValueKind::unit_state) {
        section.fail_here("an indicator needs a threshold, like error = { above = 1 }");
    }
    read_persistences(rule, section);
    section.refuse_unknown_keys();
    return rule;
}

}  // namespace primum::rules
