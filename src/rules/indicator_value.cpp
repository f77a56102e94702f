// SPDX-License-Identifier: MIT
#include "rules/indicator_parts.hpp"
#include "rules/selector.hpp"

#include <fmt/format.h>

#include <array>

namespace primum::rules {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

// What a prober calls its outcome: 1 for success (blackbox_exporter, and every probe of ours).
constexpr std::string_view probe_selector = "probe_success";

constexpr std::array table_kinds{ValueKind::gauge,
                                 ValueKind::rate,
                                 ValueKind::increase,
                                 ValueKind::ratio,
                                 ValueKind::quantile,
                                 ValueKind::age};

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

// The member that names the kind; nullptr, and an error, unless there is exactly one.
const Member* choose_kind(IndicatorRule& rule, Section& value) {
    const Member* chosen = nullptr;
    for (const ValueKind kind : table_kinds) {
        const Member* member = value.find(name_of(kind));
        if (member != nullptr && chosen != nullptr) {
            value.fail_key(*member, fmt::format("the value is a {} already", chosen->key));
            return nullptr;
        }
        if (member != nullptr) {
            chosen = member;
            rule.kind = kind;
        }
    }
    if (chosen == nullptr) {
        value.refuse_unknown_keys();
        value.fail_here("one of gauge, rate, increase, ratio, quantile, age is expected");
    }
    return chosen;
}

// The share stands in the value, the series beside it: both selectors of one histogram are the
// same.
void read_quantile(IndicatorRule& rule, Section& section, Section& value, const Member* series) {
    if (value.read("quantile", rule.quantile) && !(rule.quantile > 0 && rule.quantile < 1)) {
        value.fail_at(*value.find("quantile"), "a quantile is between 0 and 1, like 0.99");
    }
    if (series == nullptr) {
        value.fail_here("a quantile needs its series = '...' beside it: buckets or a summary");
    } else {
        read_selectors(rule, section, *series);
    }
}

// The table form: exactly one of the kinds as a key, and the parameters of that kind.
bool read_value_table(IndicatorRule& rule, Section& section, Section& value) {
    const Member* chosen = choose_kind(rule, value);
    if (chosen == nullptr) {
        return false;
    }
    const Member* series = section.find("series");
    if (rule.kind == ValueKind::quantile) {
        read_quantile(rule, section, value, series);
    } else {
        read_selectors(rule, value, *chosen);
        if (series != nullptr) {
            section.fail_key(*series,
                             fmt::format("the {} names its series already", name_of(rule.kind)));
        }
    }
    if (needs_window(rule.kind)) {
        if (value.find("over") == nullptr) {
            value.fail_here(fmt::format("{} {} needs a window, like over = \"1m\"",
                                        rule.kind == ValueKind::increase ? "an" : "a",
                                        chosen->key));
        }
        value.read("over", rule.over, {milliseconds{100}, hours{24 * 7}});
    }
    if (rule.kind == ValueKind::ratio || rule.kind == ValueKind::quantile) {
        value.read("min_count", rule.min_count, {1, 1'000'000'000});
    }
    value.refuse_unknown_keys();
    return true;
}

// The form that is one word.
bool read_value_word(IndicatorRule& rule, Section& section, const Member& value) {
    const std::string* text = section.string_of(value);
    if (text == nullptr) {
        return false;
    }
    const auto kind = from_name<ValueKind>(*text);
    if (kind != ValueKind::unit_state && kind != ValueKind::probe) {
        section.refuse_name(value, *text, {"unit_state", "probe"});
        return false;
    }
    rule.kind = *kind;
    if (const Member* series = section.find("series")) {
        section.fail_key(*series, fmt::format("{} has no series", name_of(rule.kind)));
    }
    if (rule.kind == ValueKind::probe) {
        rule.selectors.emplace_back(probe_selector);
        rule.matchers.push_back(*parse_selector(probe_selector));
    }
    return true;
}

}  // namespace

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
        return table && read_value_table(rule, section, *table);
    }
    return read_value_word(rule, section, *value);
}

}  // namespace primum::rules
