// SPDX-License-Identifier: MIT
#include "rules/canonical_text.hpp"
#include "rules/compilation.hpp"
#include "rules/promotion.hpp"

#include <string>
#include <variant>

namespace primum::rules {
namespace {

void add_persistence(CanonicalText& text, std::string_view key, const Persistence& persistence) {
    text.add(key, persistence.k);
    text.add("n", persistence.n);
    text.add("for", persistence.duration);
}

void add_indicator(CanonicalText& text, const IndicatorRule& rule, const RuleSet& rules) {
    text.add("indicator", rule.name);
    text.add("value", name_of(rule.kind));
    if (rule.kind != ValueKind::unit_state) {
        text.add("source", rules.sources[rule.source].digest);
    }
    for (const std::string& selector : rule.selectors) {
        text.add("selector", selector);
    }
    text.add("over", rule.over);
    text.add("min_count", rule.min_count);
    text.add("quantile", rule.quantile);
    text.add("reduce", name_of(rule.reduce));
    if (rule.baseline) {
        text.add("min_samples", rule.baseline->min_samples);
        text.add("forget", rule.baseline->forget);
        text.add("seasonal", name_of(rule.baseline->seasonal));
    }
    for (std::size_t i = 0; i < severity_count; ++i) {
        if (const auto& threshold = rule.thresholds.at(i)) {
            text.add("threshold", name_of(static_cast<Severity>(i)));
            text.add("above", threshold->above);
            text.add("below", threshold->below);
            text.add("clear_below", threshold->clear_below);
            text.add("clear_above", threshold->clear_above);
            text.add("above_baseline", threshold->above_baseline);
            text.add("below_baseline", threshold->below_baseline);
            if (threshold->above_baseline || threshold->below_baseline) {
                text.add("by_at_least", threshold->by_at_least);
            }
        }
    }
    add_persistence(text, "trip", rule.trip);
    add_persistence(text, "clear", rule.clear);
    text.add("stale_after", rule.stale_after);
}

std::string plan_digest(const TargetRule& target,
                        Level level,
                        std::uint32_t index,
                        const RemedyRule& remedy) {
    CanonicalText text;
    text.add("plan", std::uint32_t{1});
    text.add("target", target.name);
    text.add("unit", target.unit);
    text.add("level", name_of(level));
    text.add("index", index);
    text.add("kind", name_of(remedy.kind));
    text.add("timeout", remedy.timeout);
    text.add("irreversible", remedy.irreversible);
    if (!remedy.plan_digest.empty()) {
        text.add("parameters", remedy.plan_digest);
    }
    return text.digest();
}

void add_rung(CanonicalText& text, Level level, const RungRule& rung) {
    text.add("rung", name_of(level));
    text.add("when", name_of(rung.when));
    text.add("indicators", rung.indicators);
    text.add("for", rung.dwell);
    for (const RemedyRule& remedy : rung.remedies) {
        text.add("remedy", remedy.plan_digest);
    }
    text.add("attempts", rung.attempts);
    text.add("settle", rung.settle);
    text.add("verify", rung.verify);
    text.add("cooldown", rung.cooldown.initial);
    text.add("factor", rung.cooldown.factor);
    text.add("max", rung.cooldown.max);
    text.add("max_blast_radius", rung.max_blast_radius);
    text.add("max_plan_age", rung.max_plan_age);
    text.add("max_wait", rung.max_wait);
}

// What every rung of a target depends on.
void add_target(CanonicalText& text, const TargetRule& target, const RuleSet& rules) {
    text.add("target", target.name);
    text.add("unit", target.unit);
    for (const std::string& name : target.depends_on) {
        text.add("depends_on", name);
    }
    text.add("warm_up", target.warm_up);
    text.add("soak", target.soak);
    text.add("relapse", target.relapse);
    if (target.budget) {
        text.add("budget", *target.budget);
    }
    for (const IndicatorRule& indicator : target.indicators) {
        add_indicator(text, indicator, rules);
    }
}

std::string target_digest(const TargetRule& target, const RuleSet& rules) {
    CanonicalText text;
    add_target(text, target, rules);
    for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
        if (target.rungs.at(i).named) {
            add_rung(text, static_cast<Level>(i), target.rungs.at(i));
        }
    }
    return text.digest();
}

std::string level_digest(const TargetRule& target, Level level, const RuleSet& rules) {
    CanonicalText text;
    const RungRule& rung = target.rungs[index_of(level)];
    text.add("level", name_of(level));
    add_target(text, target, rules);
    if (rung.named) {
        add_rung(text, level, rung);
    }
    for (const RemedyRule& remedy : rung.remedies) {
        const auto* failover = std::get_if<FailoverPlan>(&remedy.plan);
        for (const ProviderRule& provider : rules.providers) {
            if (failover != nullptr && provider.name == failover->provider) {
                text.add("provider", provider.digest);
            }
        }
    }
    return text.digest();
}

// What it may enforce, which is no part of what it means; the same on every host.
void add_enforcement(CanonicalText& text, const TargetRule& target) {
    text.add("mode", name_of(target.mode));
    text.add("enforce_up_to", name_of(target.enforce_up_to));
    text.add("enforce_share", target.enforce_share);
    text.add("held_back", target.held_back);
    for (const auto& promotion : target.promoted) {
        text.add("promoted", promotion ? promotion->digest : "");
        text.add("until", promotion ? to_us(promotion->until) : std::int64_t{0});
    }
}

std::string source_digest(const SourceRule& source) {
    CanonicalText text;
    text.add("source", source.name);
    text.add("kind", name_of(source.kind));
    text.add("url", source.url);
    text.add("interval", source.interval);
    text.add("timeout", source.timeout);
    text.add("attempts", source.retries.attempts);
    text.add("backoff", source.retries.backoff);
    text.add("max", source.retries.max);
    text.add("max_series", source.max_series);
    if (!source.digest.empty()) {
        text.add("parameters", source.digest);
    }
    return text.digest();
}

std::string provider_digest(const ProviderRule& provider, const RuleSet& rules) {
    CanonicalText text;
    text.add("pointer", provider.digest);
    for (const CandidateRule& candidate : provider.candidates) {
        text.add("candidate", candidate.name);
        for (const auto* indicator : {&candidate.indicator, &candidate.rate_limit}) {
            text.add("judged", std::int64_t{indicator->has_value()});
            if (*indicator) {
                add_indicator(text, **indicator, rules);
            }
        }
    }
    text.add("failback", std::int64_t{provider.failback_after.has_value()});
    text.add("after", provider.failback_after.value_or(Duration{0}));
    return text.digest();
}

}  // namespace

void seal(RuleSet& rules, bool required) {
    CanonicalText text;
    text.add("mode", name_of(rules.settings.mode));
    text.add("in_flight", rules.settings.in_flight);
    text.add("host", rules.settings.host);
    for (std::size_t i = 0; i < level_count; ++i) {
        if (const auto& budget = rules.settings.per_level.at(i)) {
            text.add("level", name_of(static_cast<Level>(i)));
            text.add("budget", *budget);
        }
    }
    text.add("max_hold", rules.settings.max_hold);
    text.add("breaker", rules.settings.breaker.window);
    text.add("worse", rules.settings.breaker.worse);
    text.add("no_effect", rules.settings.breaker.no_effect);
    const ResponseRule& response = rules.settings.response;
    text.add("sev2_after", response.sev2_after);
    text.add("sev1_after", response.sev1_after);
    for (const Duration& respond : response.respond) {
        text.add("respond", respond);
    }
    text.add("max_overdue", response.max_overdue);
    for (SourceRule& source : rules.sources) {
        source.digest = source_digest(source);
        text.add("source", source.digest);
    }
    for (ProviderRule& provider : rules.providers) {
        provider.digest = provider_digest(provider, rules);
        text.add("provider", provider.digest);
    }
    for (TargetRule& target : rules.targets) {
        for (std::size_t i = 0; i < level_count; ++i) {
            std::uint32_t index = 0;
            for (RemedyRule& remedy : target.rungs.at(i).remedies) {
                remedy.plan_digest = plan_digest(target, static_cast<Level>(i), index++, remedy);
            }
        }
        for (std::size_t i = 0; i < level_count; ++i) {
            target.level_digests[i] = level_digest(target, static_cast<Level>(i), rules);
        }
        target.digest = target_digest(target, rules);
        text.add("target", target.digest);
        if (target.cost) {
            text.add("cost", target.cost->selector);
            text.add("source", rules.sources[target.cost->source].digest);
        }
        settle_promotions(target, required);
        add_enforcement(text, target);
        settle_share(target, rules.settings.machine);
    }
    rules.digest = text.digest();
}

}  // namespace primum::rules
