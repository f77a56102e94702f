// SPDX-License-Identifier: MIT
#include "rules/compilation.hpp"
#include "rules/duration.hpp"
#include "rules/selector.hpp"

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

bool needs_window(ValueKind kind) {
    return kind == ValueKind::rate || kind == ValueKind::increase || kind == ValueKind::ratio ||
           kind == ValueKind::quantile;
}

void add_selector(IndicatorRule& rule, Section& section, const Member& member, const Node& text) {
    auto matcher = parse_selector(text.text);
    if (!matcher) {
        section.fail_at(text.at, section.path_to(member.key), matcher.error().message, {});
        return;
    }
    rule.selectors.push_back(text.text);
    rule.matchers.push_back(*std::move(matcher));
}

void read_selectors(IndicatorRule& rule, Section& value, const Member& member) {
    if (rule.kind != ValueKind::ratio) {
        if (value.string_of(member) != nullptr) {
            add_selector(rule, value, member, member.value);
        }
        return;
    }
    std::vector<std::string> pair;
    if (!value.read(member.key, pair)) {
        return;
    }
    if (pair.size() != 2) {
        value.fail_at(member, "a ratio takes two selectors: [numerator, denominator]");
        return;
    }
    add_selector(rule, value, member, member.value.items[0]);
    add_selector(rule, value, member, member.value.items[1]);
}

// The table form: exactly one of the kinds as a key, and the parameters of that kind.
// False when the kind is unknown or not available.
bool read_value_table(IndicatorRule& rule, Section& value) {
    constexpr std::array kinds{ValueKind::gauge,
                               ValueKind::rate,
                               ValueKind::increase,
                               ValueKind::ratio,
                               ValueKind::quantile,
                               ValueKind::age};
    const Member* chosen = nullptr;
    for (const ValueKind kind : kinds) {
        const Member* member = value.find(name_of(kind));
        if (member != nullptr && chosen != nullptr) {
            value.fail_key(*member, fmt::format("the value is a {} already", chosen->key));
            return false;
        }
        if (member != nullptr) {
            chosen = member;
            rule.kind = kind;
        }
    }
    if (chosen == nullptr) {
        value.refuse_unknown_keys();
        value.fail_here("one of gauge, rate, ratio is expected");
        return false;
    }
    if (!is_available(rule.kind)) {
        value.fail_key(*chosen, fmt::format("value \"{}\" is not available yet", chosen->key));
        return false;
    }
    read_selectors(rule, value, *chosen);
    if (needs_window(rule.kind)) {
        if (value.find("over") == nullptr) {
            value.fail_here(fmt::format("a {} needs a window, like over = \"1m\"", chosen->key));
        }
        value.read("over", rule.over, {milliseconds{100}, hours{24 * 7}});
    }
    if (rule.kind == ValueKind::ratio) {
        value.read("min_count", rule.min_count, {1, 1'000'000'000});
    }
    value.refuse_unknown_keys();
    return true;
}

bool read_value(IndicatorRule& rule, Section& section) {
    const Member* value = section.find("value");
    const Member* series = section.find("series");
    if (value == nullptr && series == nullptr) {
        section.fail_here("an indicator needs a value, like value = \"unit_state\"");
        return false;
    }
    if (value == nullptr) {
        rule.kind = ValueKind::gauge;
        read_selectors(rule, section, *series);
        return true;
    }
    if (value->value.kind == Node::Kind::table) {
        auto table = section.table_of(*value);
        const bool known = table && read_value_table(rule, *table);
        if (known && series != nullptr) {
            section.fail_key(*series,
                             fmt::format("the {} names its series already", name_of(rule.kind)));
        }
        return known;
    }
    const std::string* text = section.string_of(*value);
    if (text == nullptr) {
        return false;
    }
    const auto kind = from_name<ValueKind>(*text);
    if (kind == ValueKind::probe) {
        section.fail_at(*value, "value \"probe\" is not available yet");
        return false;
    }
    if (kind != ValueKind::unit_state) {
        section.refuse_name(*value, *text, {"unit_state", "probe"});
        return false;
    }
    rule.kind = ValueKind::unit_state;
    if (series != nullptr) {
        section.fail_key(*series, "unit_state has no series");
    }
    return true;
}

std::optional<Threshold> read_threshold(Section& section, std::string_view key) {
    auto table = section.table(key);
    if (!table) {
        return std::nullopt;
    }
    bool later = false;
    for (const std::string_view name : {"above_baseline", "by_at_least"}) {
        const Member* member = table->find(name);
        if (member != nullptr && !later) {
            table->fail_key(*member, "thresholds from a baseline are not available yet");
            later = true;
        }
    }
    Threshold threshold;
    const auto number = [&](std::string_view name, std::optional<double>& out) {
        double value = 0;
        if (table->read(name, value)) {
            out = value;
        }
        return table->find(name) != nullptr;
    };
    const bool any = static_cast<int>(number("above", threshold.above)) +
                         static_cast<int>(number("below", threshold.below)) >
                     0;
    number("clear_below", threshold.clear_below);
    number("clear_above", threshold.clear_above);
    table->refuse_unknown_keys();
    if (later) {
        return std::nullopt;
    }
    if (!any) {
        table->fail_here("a threshold needs above or below");
        return std::nullopt;
    }
    // Where above or below itself is no number there is an error already.
    const bool below_fits = threshold.above ? threshold.clear_below <= threshold.above
                                            : table->find("above") != nullptr;
    const bool above_fits = threshold.below ? threshold.clear_above >= threshold.below
                                            : table->find("below") != nullptr;
    if (threshold.clear_below && !below_fits) {
        table->fail_at(*table->find("clear_below"),
                       "clear_below goes with above, and is not over it");
    }
    if (threshold.clear_above && !above_fits) {
        table->fail_at(*table->find("clear_above"),
                       "clear_above goes with below, and is not under it");
    }
    if (threshold.above && threshold.below && *threshold.above < *threshold.below) {
        table->fail_here("above is less than below: every value would be ill");
    }
    return threshold;
}

// A severity must not begin before a milder one does, on either side.
void check_order(const IndicatorRule& rule, Section& section) {
    struct Side {
        std::optional<double> begins;
        std::string_view name;
    };
    Side above;
    Side below;
    for (std::size_t i = 0; i < severity_count; ++i) {
        const std::optional<Threshold>& threshold = rule.thresholds.at(i);
        if (!threshold) {
            continue;
        }
        const Threshold& here = *threshold;
        const std::string_view name = name_of(static_cast<Severity>(i));
        const Side* wrong = nullptr;
        if (here.above && above.begins && here.above < above.begins) {
            wrong = &above;
        }
        if (here.below && below.begins && here.below > below.begins) {
            wrong = &below;
        }
        if (wrong != nullptr) {
            section.fail_at(*section.find(name),
                            fmt::format("{} begins before {} does", name, wrong->name));
            return;
        }
        above = here.above ? Side{here.above, name} : above;
        below = here.below ? Side{here.below, name} : below;
    }
}

// Whether any was given.
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
    check_order(rule, section);
    return any;
}

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
    if (const Member* value = section.find("value"); value != nullptr) {
        if (auto table = section.table_of(*value)) {
            check_window(rule, *table, interval);
        }
    }
}

}  // namespace

bool is_available(ValueKind kind) {
    return kind == ValueKind::gauge || kind == ValueKind::rate || kind == ValueKind::ratio ||
           kind == ValueKind::unit_state;
}

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
    if (const Member* baseline = section.find("baseline")) {
        section.fail_key(*baseline, "baselines are not available yet");
    }
    if (!read_value(rule, section)) {
        for (const std::string_view key : {"source", "reduce", "stale", "trip", "clear", "for"}) {
            section.find(key);
        }
        static_cast<void>(read_thresholds(rule, section));
        section.refuse_unknown_keys();
        return rule;
    }
    read_source(rule, section, all);
    rule.reduce = rule.kind == ValueKind::gauge ? Reduce::worst : Reduce::sum;
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
