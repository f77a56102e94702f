// SPDX-License-Identifier: MIT
#include "telemetry/metrics_impl.hpp"

#include <variant>

namespace primum::telemetry {
namespace {

using prometheus::Histogram;
using prometheus::Labels;

// Reasons of rejected events are codes of the core; should they ever not be, they stop here.
constexpr std::size_t max_reasons = 32;

const Histogram::BucketBoundaries slow_buckets{
    0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};

}  // namespace

void Metrics::Impl::observe(const Effect& effect) {
    std::visit(Overloaded{[&](const RecordEffect& record) {
                              std::visit(Overloaded{[&](const auto& body) { take(body); },
                                                    [](const HoldRecord&) {},
                                                    [](const BaselineRecord&) {},
                                                    [](const TrialRecord&) {},
                                                    [](const JudgementRecord&) {}},
                                         record.record);
                          },
                          [&](const Notify& page) {
                              families_.pages.Add({{"kind", text_of(page.kind)}}).Increment();
                          },
                          [&](const LevelChanged& change) { take(change); },
                          [&](const SeverityChanged& change) { take(change); },
                          [&](const UnitStarted& start) { take(start); },
                          [&](const Rejected& rejected) { take(rejected); },
                          [](const auto&) {}},
               effect);
}

// A candidate of which nothing has been told yet is unknown.
void Metrics::Impl::know_providers(const RuleSet& rules) {
    std::map<std::string, std::string> known;
    for (const ProviderRule& provider : rules.providers) {
        known[provider.name] = provider.digest;
    }
    for (const auto& [name, digest] : known_providers_) {
        const auto still = known.find(name);
        if (still == known.end() || still->second != digest) {
            forget(std::string{provider_prefix} + name);
        }
    }
    for (const ProviderRule& provider : rules.providers) {
        const auto before = known_providers_.find(provider.name);
        if (before != known_providers_.end() && before->second == provider.digest) {
            continue;
        }
        for (const CandidateRule& candidate : provider.candidates) {
            stand(provider.name, candidate.name, CandidateState::unknown);
        }
    }
    known_providers_ = std::move(known);
}

void Metrics::Impl::stand(const std::string& provider,
                          const std::string& candidate,
                          CandidateState state) {
    const std::string owner = std::string{provider_prefix} + provider;
    for (const auto name : enum_names<CandidateState>) {
        owned(families_.candidate_state,
              owner,
              {{"provider", provider}, {"candidate", candidate}, {"state", std::string{name}}})
            .Set(flag(name == name_of(state)));
    }
}

void Metrics::Impl::take(const ProviderRecord& record) {
    if (!known_providers_.contains(record.provider)) {
        return;
    }
    stand(record.provider, record.candidate, record.state);
    owned(families_.provider_current,
          std::string{provider_prefix} + record.provider,
          {{"provider", record.provider}, {"candidate", record.candidate}})
        .Set(flag(record.current));
}

void Metrics::Impl::take(const IncidentRecord& record) {
    const auto target = label_of(record.target);
    if (record.open && open_incidents_.insert(record.id).second) {
        owned(families_.incidents_opened, target, {{"target", target}}).Increment();
    } else if (!record.open && open_incidents_.erase(record.id) != 0) {
        owned(families_.incidents_closed, target, {{"target", target}}).Increment();
    }
    incidents_open_.Set(static_cast<double>(open_incidents_.size()));
}

void Metrics::Impl::take(const DecisionRecord& record) {
    const auto target = label_of(record.target);
    owned(families_.decisions,
          target,
          {{"target", target}, {"level", text_of(record.level)}, {"kind", text_of(record.kind)}})
        .Increment();
    const bool went_back =
        record.kind == DecisionKind::rolled_back || record.kind == DecisionKind::rollback_failed;
    if (went_back && record.reason == "failback") {
        owned(families_.failbacks, target, {{"target", target}, {"result", text_of(record.kind)}})
            .Increment();
    }
    for (const auto& verdict : record.guards) {
        if (verdict.verdict == Verdict::veto) {
            owned(families_.guard_vetoes,
                  target,
                  {{"target", target}, {"guard", text_of(verdict.guard)}})
                .Increment();
        }
    }
}

void Metrics::Impl::take(const ActionRecord& record) {
    actions_.remember(record);
    const auto labels = labels_of(actions_.find(record.id));
    auto& family = record.dry_run ? families_.would_act : families_.action_intents;
    owned(family, labels.at("target"), labels).Increment();
    if (!record.dry_run && known_providers_.contains(record.provider)) {
        owned(families_.failovers,
              std::string{provider_prefix} + record.provider,
              {{"provider", record.provider}, {"candidate", record.candidate}})
            .Increment();
    }
}

void Metrics::Impl::take(const TransitionRecord& record) {
    const auto* facts = actions_.find(record.action);
    const bool dry_run = facts != nullptr && facts->dry_run;
    auto labels = labels_of(facts);
    const auto target = labels.at("target");
    if (record.state == ActionState::verified) {
        labels.emplace("outcome", text_of(record.outcome));
        auto& family = dry_run ? families_.would_act_outcomes : families_.action_outcomes;
        owned(family, target, labels).Increment();
    }
    if (dry_run) {
        return;
    }
    if (record.state == ActionState::finished) {
        families_.action_duration.Add({{"remedy", labels.at("remedy")}}, slow_buckets)
            .Observe(seconds_of(record.took));
        labels.emplace("result", text_of(record.result));
        owned(families_.actions, target, labels).Increment();
        if (record.facts.lost_state) {
            owned(families_.lost_state, target, {{"target", target}}).Increment();
        }
    }
    const bool back = record.state == ActionState::rolled_back;
    if (back || record.state == ActionState::rollback_failed) {
        labels.emplace("result", back ? "done" : "failed");
        owned(families_.rollbacks, target, labels).Increment();
    }
}

void Metrics::Impl::take(const OperatorRecord& record) {
    families_.operator_commands
        .Add({{"verb", known_word<OperatorVerb>(record.verb)},
              {"accepted", record.accepted ? "true" : "false"}})
        .Increment();
}

void Metrics::Impl::take(const LevelChanged& change) {
    set_level(change.target, change.to);
}

void Metrics::Impl::take(const SeverityChanged& change) {
    if (targets_.contains(change.target)) {
        owned(families_.indicator_severity,
              change.target,
              {{"target", change.target}, {"indicator", change.indicator}})
            .Set(static_cast<double>(change.to));
    }
}

void Metrics::Impl::take(const UnitStarted& start) {
    families_.unit_starts.Add({{"by", text_of(start.by)}}).Increment();
}

void Metrics::Impl::take(const BreakerRecord& record) {
    const double value = record.tripped ? 1 : 0;
    if (record.target.empty()) {
        families_.breaker_tripped.Add({{"target", ""}}).Set(value);
    } else if (targets_.contains(record.target)) {
        owned(families_.breaker_tripped, record.target, {{"target", record.target}}).Set(value);
    }
}

void Metrics::Impl::take(const PrecisionRecord& record) {
    precision_[{record.target, record.level}] = record;
    if (targets_.contains(record.target)) {
        show(record);
    }
}

void Metrics::Impl::show(const PrecisionRecord& record) {
    const auto set = [&](const char* what, std::uint32_t count) {
        owned(families_.precision_actions,
              std::string{precision_prefix} + record.target,
              {{"target", record.target}, {"level", text_of(record.level)}, {"what", what}})
            .Set(count);
    };
    set("detected", record.detected);
    set("would_act", record.would_act);
    set("acted", record.acted);
    set("justified", record.justified);
    set("unjustified", record.unjustified);
    set("recovered_anyway", record.recovered_anyway);
}

// Of the rungs that the rules have now; what a rung counted before it meant what it means now is
// told anew by the core.
void Metrics::Impl::know_precision(const RuleSet& rules, const std::set<std::string>& before) {
    for (const std::string& target : before) {
        forget(std::string{precision_prefix} + target);
    }
    std::map<std::pair<std::string, Level>, PrecisionRecord> known;
    for (const TargetRule& target : rules.targets) {
        for (std::size_t i = index_of(Level::observe); i < level_count; ++i) {
            const auto level = static_cast<Level>(i);
            const auto found = precision_.find({target.name, level});
            const bool is_rung = level == Level::observe || target.rungs.at(i).named;
            if (is_rung && found != precision_.end()) {
                show(found->second);
                known.insert(*found);
            }
        }
    }
    precision_ = std::move(known);
}

void Metrics::Impl::take(const Rejected& rejected) {
    const bool known = reasons_.contains(rejected.reason) || reasons_.size() < max_reasons;
    if (known) {
        reasons_.insert(rejected.reason);
    }
    families_.events_rejected.Add({{"reason", known ? rejected.reason : std::string{other}}})
        .Increment();
}

std::string Metrics::Impl::label_of(const std::string& target) const {
    const std::string_view name{target};
    const bool known =
        targets_.contains(name) || (name.starts_with(source_prefix) &&
                                    known_sources_.contains(name.substr(source_prefix.size())));
    return known ? target : std::string{other};
}

Labels Metrics::Impl::labels_of(const ActionFacts* facts) const {
    if (facts == nullptr) {
        return {{"target", std::string{other}}, {"level", "unknown"}, {"remedy", "unknown"}};
    }
    return {{"target", label_of(facts->target)},
            {"level", text_of(facts->level)},
            {"remedy", known_word<RemedyKind>(facts->kind)}};
}

}  // namespace primum::telemetry
