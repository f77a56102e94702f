// SPDX-License-Identifier: MIT
#pragma once

#include "core/archive.hpp"

#include <primum/rules.hpp>

// What rules and remedies of include/primum consist of (archive.hpp).
namespace primum::core {

template <>
struct Members<SignalPlan> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.signal, it.whom); }
};
template <>
struct Members<HttpCall> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.method, it.url, it.body, it.content_type);
    }
};
template <>
struct Members<HttpPlan> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.call, it.undo); }
};
template <>
struct Members<DbusCall> {
    static void list(auto& archive, auto& it) {
        archive.whole(
            it, it.destination, it.path, it.interface, it.member, it.signature, it.arguments);
    }
};
template <>
struct Members<DbusPlan> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.call, it.undo); }
};
template <>
struct Members<ExecPlan> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.run, it.undo, it.user, it.writes, it.memory, it.tasks);
    }
};
template <>
struct Members<FailoverPlan> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.provider, it.then); }
};
template <>
struct Members<RestartPlan> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.save, it.state, it.restore, it.hook_timeout);
    }
};
template <>
struct Members<ReplacedFile> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.path, it.good); }
};
template <>
struct Members<FallbackPlan> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.files, it.check, it.then); }
};
template <>
struct Members<RemedyRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(
            it, it.kind, it.way_back, it.timeout, it.irreversible, it.plan, it.plan_digest);
    }
};
template <>
struct Members<Retries> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.attempts, it.backoff, it.max);
    }
};
template <>
struct Members<SourceRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.name,
                      it.kind,
                      it.url,
                      it.interval,
                      it.timeout,
                      it.retries,
                      it.max_series,
                      it.digest,
                      Skipped{});  // the core never reads the plan
    }
};
template <>
struct Members<BaselineRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.min_samples, it.forget, it.seasonal);
    }
};
template <>
struct Members<Threshold> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.above,
                      it.below,
                      it.above_baseline,
                      it.below_baseline,
                      it.by_at_least,
                      it.clear_below,
                      it.clear_above);
    }
};
template <>
struct Members<Persistence> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.k, it.n, it.duration); }
};
template <>
struct Members<IndicatorRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.name,
                      it.source,
                      it.kind,
                      it.selectors,
                      Skipped{},
                      it.over,
                      it.min_count,
                      it.quantile,
                      it.baseline,
                      it.reduce,
                      it.thresholds,
                      it.trip,
                      it.clear,
                      it.stale_after);
    }
};
template <>
struct Members<Cooldown> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.initial, it.factor, it.max); }
};
template <>
struct Members<RungRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.named,
                      it.when,
                      it.indicators,
                      it.dwell,
                      it.remedies,
                      it.attempts,
                      it.settle,
                      it.verify,
                      it.cooldown,
                      it.max_blast_radius,
                      it.max_plan_age,
                      it.max_wait);
    }
};
template <>
struct Members<Budget> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.actions, it.per); }
};
template <>
struct Members<TargetRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.name,
                      it.use,
                      it.unit,
                      it.mode,
                      it.enforce_up_to,
                      it.enforce_share,
                      it.in_share,
                      it.held_back,
                      it.promoted,
                      it.depends_on,
                      it.warm_up,
                      it.soak,
                      it.relapse,
                      it.budget,
                      it.indicators,
                      it.rungs,
                      it.cost,
                      it.level_digests,
                      it.digest);
    }
};
template <>
struct Members<Promotion> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.digest, it.until); }
};
template <>
struct Members<CostRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.source, it.selector, Skipped{});
    }
};
template <>
struct Members<Pointer> {
    static void list(auto& archive, auto& it) { archive.whole(it, it.form, it.path, it.key); }
};
template <>
struct Members<CandidateRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.name, it.points_to, it.indicator, it.rate_limit);
    }
};
template <>
struct Members<ProviderRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.name, it.pointer, it.candidates, it.failback_after, it.digest);
    }
};
template <>
struct Members<BreakerRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.window, it.worse, it.no_effect);
    }
};
template <>
struct Members<ResponseRule> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.sev2_after, it.sev1_after, it.respond, it.max_overdue);
    }
};
template <>
struct Members<DecisionSettings> {
    static void list(auto& archive, auto& it) {
        archive.whole(it,
                      it.mode,
                      it.in_flight,
                      it.host,
                      it.per_level,
                      it.max_hold,
                      it.breaker,
                      it.response,
                      it.machine);
    }
};
template <>
struct Members<RuleSet> {
    static void list(auto& archive, auto& it) {
        archive.whole(it, it.digest, it.settings, it.sources, it.providers, it.targets);
    }
};

}  // namespace primum::core
