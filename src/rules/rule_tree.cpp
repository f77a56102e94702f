// SPDX-License-Identifier: MIT
#include "rules/rule_tree.hpp"

#include "rules/duration.hpp"
#include "rules/rule_tree_remedy.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <set>
#include <utility>
#include <variant>

namespace primum::rules {
namespace {

Node word_node(std::string_view word) {
    return text_node(std::string{word});
}

Node budget_node(const Budget& budget) {
    Node table = table_node(true);
    put(table, "actions", integer_node(budget.actions));
    put(table, "per", span_node(budget.per));
    return table;
}

Node threshold_node(const Threshold& threshold) {
    Node table = table_node(true);
    const auto add = [&table](std::string_view key, const std::optional<double>& value) {
        if (value) {
            put(table, key, number_node(*value));
        }
    };
    add("above", threshold.above);
    add("clear_below", threshold.clear_below);
    add("below", threshold.below);
    add("clear_above", threshold.clear_above);
    add("above_baseline", threshold.above_baseline);
    add("below_baseline", threshold.below_baseline);
    if (threshold.above_baseline || threshold.below_baseline) {
        add("by_at_least", threshold.by_at_least);
    }
    return table;
}

// `value`, and `series` where it is written beside it.
void put_value(Node& table, const IndicatorRule& rule) {
    if (rule.kind == ValueKind::unit_state || rule.kind == ValueKind::probe) {
        put(table, "value", word_node(name_of(rule.kind)));
        return;
    }
    Node value = table_node(true);
    if (rule.kind == ValueKind::quantile) {
        put(value, "quantile", number_node(rule.quantile));
        put(table, "series", text_node(rule.selectors.at(0)));
    } else if (rule.kind == ValueKind::ratio) {
        put(value, "ratio", list_node(rule.selectors));
    } else {
        put(value, name_of(rule.kind), text_node(rule.selectors.at(0)));
    }
    if (rule.over != Duration{0}) {
        put(value, "over", span_node(rule.over));
    }
    if (rule.kind == ValueKind::ratio || rule.kind == ValueKind::quantile) {
        put(value, "min_count", integer_node(rule.min_count));
    }
    put(table, "value", std::move(value));
}

Node persistence_node(const Persistence& persistence) {
    return text_node(fmt::format("{} of {}", persistence.k, persistence.n));
}

Node indicator_node(const IndicatorRule& rule, const RuleSet& rules) {
    Node table = table_node(false);
    const bool by_change = rule.kind == ValueKind::unit_state;
    if (!by_change) {
        put(table, "source", text_node(rules.sources.at(rule.source).name));
    }
    put_value(table, rule);
    if (!by_change) {
        put(table, "reduce", word_node(name_of(rule.reduce)));
    }
    for (std::size_t i = 0; i < severity_count; ++i) {
        if (const auto& threshold = rule.thresholds.at(i)) {
            put(table, name_of(static_cast<Severity>(i)), threshold_node(*threshold));
        }
    }
    if (rule.trip.duration > Duration{0}) {
        put(table, "for", span_node(rule.trip.duration));
    } else if (!by_change) {
        put(table, "trip", persistence_node(rule.trip));
    }
    if (!by_change) {
        put(table, "clear", persistence_node(rule.clear));
        put(table, "stale", span_node(rule.stale_after));
    }
    if (rule.baseline) {
        Node baseline = table_node(true);
        put(baseline, "min_samples", integer_node(rule.baseline->min_samples));
        put(baseline, "forget", span_node(rule.baseline->forget));
        put(baseline, "seasonal", word_node(name_of(rule.baseline->seasonal)));
        put(table, "baseline", std::move(baseline));
    }
    return table;
}

Node rung_node(const RungRule& rung) {
    Node table = table_node(false);
    put(table, "when", word_node(name_of(rung.when)));
    put(table, "indicators", integer_node(rung.indicators));
    put(table, "for", span_node(rung.dwell));
    if (!rung.remedies.empty()) {
        Node remedies;
        remedies.kind = Node::Kind::array;
        for (const RemedyRule& remedy : rung.remedies) {
            remedies.items.push_back(remedy_tree(remedy));
        }
        put(table, "remedy", std::move(remedies));
        put(table, "attempts", integer_node(rung.attempts));
    }
    put(table, "settle", span_node(rung.settle));
    put(table, "verify", span_node(rung.verify));
    Node cooldown = table_node(true);
    put(cooldown, "initial", span_node(rung.cooldown.initial));
    put(cooldown, "factor", number_node(rung.cooldown.factor));
    put(cooldown, "max", span_node(rung.cooldown.max));
    put(table, "cooldown", std::move(cooldown));
    put(table, "max_blast_radius", integer_node(rung.max_blast_radius));
    put(table, "max_plan_age", span_node(rung.max_plan_age));
    put(table, "max_wait", span_node(rung.max_wait));
    return table;
}

// What is enforced beyond mode and enforce_up_to, where something is.
void put_enforcement(Node& table, const TargetRule& target) {
    if (target.enforce_share < 1) {
        put(table, "enforce_share", text_node(fmt::format("{}%", target.enforce_share * 100)));
    }
    Node promoted = table_node(false);
    for (std::size_t i = 0; i < level_count; ++i) {
        if (const auto& promotion = target.promoted.at(i)) {
            Node one = table_node(true);
            put(one, "digest", text_node(promotion->digest));
            if (promotion->until != WallTime{}) {
                put(one,
                    "until",
                    text_node(fmt::format(
                        "{:%FT%TZ}", std::chrono::floor<std::chrono::seconds>(promotion->until))));
            }
            put(promoted, name_of(static_cast<Level>(i)), std::move(one));
        }
    }
    if (!promoted.members.empty()) {
        put(table, "promoted", std::move(promoted));
    }
}

Node target_node(const TargetRule& target, const RuleSet& rules) {
    Node table = table_node(false);
    put_text(table, "unit", target.unit);
    put(table, "mode", word_node(name_of(target.mode)));
    put(table, "enforce_up_to", word_node(name_of(target.enforce_up_to)));
    put_enforcement(table, target);
    put(table, "depends_on", list_node(target.depends_on));
    put(table, "warm_up", span_node(target.warm_up));
    put(table, "soak", span_node(target.soak));
    put(table, "relapse", span_node(target.relapse));
    if (target.budget) {
        put(table, "budget", budget_node(*target.budget));
    }
    if (target.cost) {
        Node cost = table_node(true);
        put(cost, "source", text_node(rules.sources.at(target.cost->source).name));
        put(cost, "series", text_node(target.cost->selector));
        put(table, "cost", std::move(cost));
    }
    Node indicators = table_node(false);
    for (const IndicatorRule& indicator : target.indicators) {
        put(indicators, indicator.name, indicator_node(indicator, rules));
    }
    put(table, "indicator", std::move(indicators));
    Node ladder = table_node(false);
    for (std::size_t i = 0; i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        if (target.rungs.at(i).named) {
            put(ladder, name_of(level), rung_node(target.rungs.at(i)));
        }
    }
    if (!ladder.members.empty()) {
        put(table, "ladder", std::move(ladder));
    }
    return table;
}

Node provider_node(const ProviderRule& provider, const RuleSet& rules) {
    Node table = table_node(false);
    const Pointer& to = provider.pointer;
    Node pointer = table_node(true);
    put(pointer, to.form == PointerForm::symlink ? "symlink" : "file", text_node(to.path));
    if (!to.key.empty()) {
        put(pointer, "key", text_node(to.key));
        put(pointer, "format", word_node(name_of(to.form)));
    }
    put(table, "pointer", std::move(pointer));
    std::vector<std::string> order;
    Node candidates = table_node(false);
    for (const CandidateRule& candidate : provider.candidates) {
        order.push_back(candidate.name);
        Node one = table_node(false);
        put(one, "points_to", text_node(candidate.points_to));
        if (candidate.indicator) {
            put(one, "indicator", indicator_node(*candidate.indicator, rules));
        }
        if (candidate.rate_limit) {
            put(one, "rate_limit", indicator_node(*candidate.rate_limit, rules));
        }
        put(candidates, candidate.name, std::move(one));
    }
    put(table, "order", list_node(order));
    put(table,
        "failback_after",
        provider.failback_after ? span_node(*provider.failback_after) : text_node("manual"));
    put(table, "candidate", std::move(candidates));
    return table;
}

// A table of named things, where there is one.
void put_all(Node& document, std::string_view key, Node table) {
    if (!table.members.empty()) {
        put(document, key, std::move(table));
    }
}

void use_of(const std::optional<IndicatorRule>& indicator, std::set<std::uint32_t>& sources) {
    if (indicator && indicator->kind != ValueKind::unit_state) {
        sources.insert(indicator->source);
    }
}

}  // namespace

Node text_node(std::string text) {
    Node node;
    node.kind = Node::Kind::string;
    node.text = std::move(text);
    return node;
}

Node integer_node(std::int64_t value) {
    Node node;
    node.kind = Node::Kind::integer;
    node.integer = value;
    return node;
}

Node number_node(double value) {
    constexpr double exact = 1e15;  // whole numbers below it are exact either way
    if (std::trunc(value) == value && std::abs(value) < exact) {
        return integer_node(static_cast<std::int64_t>(value));
    }
    Node node;
    node.kind = Node::Kind::number;
    node.number = value;
    return node;
}

Node flag_node(bool value) {
    Node node;
    node.kind = Node::Kind::boolean;
    node.boolean = value;
    return node;
}

Node span_node(Duration span) {
    return text_node(format_duration(span));
}

Node list_node(const std::vector<std::string>& texts) {
    Node node;
    node.kind = Node::Kind::array;
    for (const std::string& text : texts) {
        node.items.push_back(text_node(text));
    }
    return node;
}

Node table_node(bool is_inline) {
    Node node;
    node.is_inline = is_inline;
    return node;
}

void put(Node& table, std::string_view key, Node value) {
    table.members.push_back(Member{std::string{key}, {}, std::move(value)});
}

void put_text(Node& table, std::string_view key, const std::string& text) {
    if (!text.empty()) {
        put(table, key, text_node(text));
    }
}

Node rule_tree(const RuleSet& rules) {
    Node sources = table_node(false);
    for (const SourceRule& source : rules.sources) {
        put(sources, source.name, source_tree(source));
    }
    Node providers = table_node(false);
    for (const ProviderRule& provider : rules.providers) {
        put(providers, provider.name, provider_node(provider, rules));
    }
    Node targets = table_node(false);
    for (const TargetRule& target : rules.targets) {
        put(targets, target.name, target_node(target, rules));
    }
    Node document = table_node(false);
    put_all(document, "source", std::move(sources));
    put_all(document, "provider", std::move(providers));
    put_all(document, "target", std::move(targets));
    return document;
}

Node target_tree(const RuleSet& rules, const TargetRule& target) {
    std::set<std::uint32_t> used;
    std::set<std::string> pointed;
    for (const IndicatorRule& indicator : target.indicators) {
        use_of(indicator, used);
    }
    if (target.cost) {
        used.insert(target.cost->source);
    }
    for (const RungRule& rung : target.rungs) {
        for (const RemedyRule& remedy : rung.remedies) {
            if (const auto* failover = std::get_if<FailoverPlan>(&remedy.plan)) {
                pointed.insert(failover->provider);
            }
        }
    }
    Node providers = table_node(false);
    for (const ProviderRule& provider : rules.providers) {
        if (pointed.contains(provider.name)) {
            put(providers, provider.name, provider_node(provider, rules));
            for (const CandidateRule& candidate : provider.candidates) {
                use_of(candidate.indicator, used);
                use_of(candidate.rate_limit, used);
            }
        }
    }
    Node sources = table_node(false);
    for (const std::uint32_t index : used) {
        put(sources, rules.sources.at(index).name, source_tree(rules.sources.at(index)));
    }
    Node targets = table_node(false);
    put(targets, target.name, target_node(target, rules));
    Node document = table_node(false);
    put_all(document, "source", std::move(sources));
    put_all(document, "provider", std::move(providers));
    put_all(document, "target", std::move(targets));
    return document;
}

}  // namespace primum::rules
