// SPDX-License-Identifier: MIT
// What a person is told: the present of the host and of each target. Changes nothing.
#include "core/enforcement.hpp"
#include "core/engine_impl.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"

#include <primum/precision.hpp>

#include <algorithm>
#include <utility>

namespace primum {
namespace {

// A failover with whom it would point at, and how the candidates stand.
std::string failover_words(const core::ProviderState& provider) {
    const core::Choice choice = core::choose_candidate(provider);
    return " of " + provider.rule->name +
           (choice.candidate.empty() ? "" : " to " + choice.candidate) + " (" + choice.detail + ')';
}

std::string remedy_words(const core::World& world, const RungRule& rung) {
    std::string names;
    for (const RemedyRule& remedy : rung.remedies) {
        names += (names.empty() ? "" : ", ") + std::string{name_of(remedy.kind)};
        if (const auto* provider = core::find_provider(world, core::provider_of(remedy))) {
            names += failover_words(*provider);
        }
    }
    return names;
}

std::string condition_words(const RungRule& rung) {
    return std::string{name_of(rung.when)} + " on " + std::to_string(rung.indicators) +
           (rung.indicators == 1 ? " indicator for " : " indicators for ") +
           core::duration_text(rung.dwell);
}

}  // namespace

HostView Engine::Impl::host() const {
    HostView view;
    view.disabled = world_.disabled;
    view.ledger_healthy = world_.ledger_healthy;
    view.busy = world_.busy;
    view.in_flight = world_.flights.real;
    view.breakers = world_.breakers.all_tripped();
    for (const HoldRecord& hold : world_.holds.active(world_.now.t)) {
        view.holds.push_back({hold, hold.until.t});
    }
    if (world_.rules == nullptr) {
        return view;
    }
    view.mode = world_.rules->settings.mode;
    view.rules_digest = world_.rules->digest;
    view.host_budget = world_.rules->settings.host;
    view.host_actions_used = world_.actions.use(world_.now.t, view.host_budget.per, false).used;
    for (const auto& [name, target] : targets_) {
        if (target->warm_up_until > world_.now.t) {
            view.warm_up_until =
                std::max(view.warm_up_until.value_or(target->warm_up_until), target->warm_up_until);
        }
    }
    return view;
}

std::vector<TargetSummary> Engine::Impl::targets() const {
    std::vector<TargetSummary> summaries;
    summaries.reserve(targets_.size());
    for (const auto& [name, target] : targets_) {
        summaries.push_back(summary(*target));
    }
    return summaries;
}

std::optional<TargetSummary> Engine::Impl::target(std::string_view name) const {
    const auto found = targets_.find(name);
    return found == targets_.end() ? std::nullopt : std::optional{summary(*found->second)};
}

std::vector<SourceView> Engine::Impl::sources() const {
    std::vector<SourceView> views;
    for (const auto& [name, source] : sources_) {
        views.push_back(
            {name,
             source->ok,
             source->ever,
             source->error_class,
             source->error_detail,
             source->last,
             source->incident ? source->incident->id : 0,
             source->incident ? std::optional{source->incident->opened.wall} : std::nullopt,
             static_cast<std::uint32_t>(source->series_count())});
    }
    return views;
}

std::vector<IncidentRecord> Engine::Impl::open_incidents() const {
    std::vector<IncidentRecord> incidents;
    for (const auto key : world_.ill) {
        incidents.push_back(*target_by_key_.at(key)->incident);
    }
    for (const auto& [name, source] : sources_) {
        if (source->incident) {
            incidents.push_back(*source->incident);
        }
    }
    std::sort(incidents.begin(), incidents.end(), [](const auto& a, const auto& b) {
        return a.id < b.id;
    });
    return incidents;
}

std::optional<IncidentRecord> Engine::Impl::open_incident(std::uint64_t id) const {
    for (IncidentRecord& incident : open_incidents()) {
        if (incident.id == id) {
            return std::move(incident);
        }
    }
    return std::nullopt;
}

std::vector<PrecisionRecord> Engine::Impl::precision() const {
    std::vector<PrecisionRecord> counts;
    for (const auto& [name, target] : targets_) {
        for (std::size_t i = index_of(Level::observe); i < level_count && !target->gone; ++i) {
            const auto level = static_cast<Level>(i);
            if (!core::is_counted(*target->rule, level)) {
                continue;
            }
            if (const auto* row = world_.precision.find(*target->rule, level)) {
                counts.push_back(*row);
            } else {
                PrecisionRecord none;
                none.target = name;
                none.level = level;
                none.digest = core::meaning_of(*target->rule, level);
                none.first_action = world_.next_action;
                counts.push_back(std::move(none));
            }
        }
    }
    return counts;
}

TargetSummary Engine::Impl::summary(const TargetState& target) const {
    TargetSummary summary;
    summary.name = target.rule->name;
    summary.unit = target.rule->unit;
    core::Enforcement enforcement =
        core::enforcement_of(*target.rule, world_.rules->settings.mode, world_.now.wall);
    summary.mode = enforcement.mode;
    summary.enforce_up_to = enforcement.up_to;
    summary.held_back = std::move(enforcement.held_back);
    summary.level = target.level;
    summary.phase = target.phase;
    summary.severity = target.severity();
    if (target.incident) {
        summary.incident = target.incident->id;
        summary.sev = target.incident->sev;
        summary.acknowledged = target.incident->acknowledged != Stamp{};
    }
    summary.reason = target.last_decision ? target.last_decision->reason : "";
    summary.breaker = world_.breakers.tripped(summary.name) != nullptr;
    summary.held = world_.holds.covering(world_.now.t, summary.name, false) != nullptr;
    summary.disabled =
        world_.disabled || world_.holds.covering(world_.now.t, summary.name, true) != nullptr;
    summary.flapping = target.flapping.at(world_.now.t);
    return summary;
}

RungView Engine::Impl::rung_view(const TargetState& target, Level level) const {
    const RungRule& rung = target.rung(level);
    RungView view;
    view.level = level;
    view.named = rung.named;
    view.enforced = core::enforced(world_, target, level);
    view.spent = target.spent(level);
    if (!rung.named) {
        return view;
    }
    view.attempts = rung.attempts;
    view.condition = condition_words(rung);
    view.remedy = remedy_words(world_, rung);
    if (const auto* counts = world_.precision.find(*target.rule, level)) {
        view.precision = precision_text(*counts);
    }
    view.trials = world_.trials.text(target.rule->name, level, rung);
    if (target.incident) {
        const auto& used =
            view.enforced ? target.incident->attempts : target.incident->dry_attempts;
        view.attempts_used = used[index_of(level)];
    }
    const auto until = core::cooldown_until(world_, target, level, !view.enforced);
    if (until && *until > world_.now.t) {
        view.cooldown_until = until;
    }
    return view;
}

// What a source that fails has to do with an indicator of which nothing is known.
std::string Engine::Impl::why_blind(const std::string& source) const {
    const auto found = sources_.find(source);
    if (found == sources_.end() || found->second->ok || found->second->error_class.empty()) {
        return {};
    }
    const SourceState& state = *found->second;
    return "source " + source + " fails (" + state.error_class + ")" +
           (state.error_detail.empty() ? "" : ": " + state.error_detail);
}

std::optional<Explanation> Engine::Impl::explain(std::string_view name) const {
    const auto found = targets_.find(name);
    if (found == targets_.end()) {
        return std::nullopt;
    }
    const TargetState& target = *found->second;
    Explanation explanation;
    explanation.target = summary(target);
    explanation.at = world_.now.t;
    for (const core::IndicatorState& indicator : target.indicators) {
        const bool is_unit = indicator.rule().kind == ValueKind::unit_state;
        const auto source = is_unit ? "" : target.rules->sources[indicator.rule().source].name;
        EvidenceItem item = indicator.evidence();
        if (const auto blind = why_blind(source);
            item.severity == Severity::unknown && !blind.empty()) {
            item.why += (item.why.empty() ? "" : ": ") + blind;
        }
        explanation.evidence.push_back(
            {std::move(item), source, indicator.last_known(), indicator.baseline_text()});
    }
    for (std::size_t i = 1; i < level_count; ++i) {
        explanation.rungs.push_back(rung_view(target, static_cast<Level>(i)));
    }
    explanation.last_decision = target.last_decision;
    const Level asked = std::max(target.level, Level::observe);
    explanation.guards = core::ask_guards(world_, target, asked).verdicts;
    explain_next(target, explanation);
    if (target.flight) {
        explanation.action = target.flight->record.id;
    } else if (target.last_decision) {
        explanation.action = target.last_decision->action;
    }
    if (explanation.action.empty() && target.incident) {
        const auto* newest = world_.actions.newest(target.incident->id);
        explanation.action = newest != nullptr ? newest->id : "";
    }
    explanation.undo = undo_words(explanation.action);
    explanation.stop = "primumctl hold " + explanation.target.name + " --for 1h --reason \"...\"";
    return explanation;
}

std::string Engine::Impl::undo_words(const std::string& action) const {
    const auto* remembered = world_.actions.find(action);
    if (remembered == nullptr) {
        return "nothing to undo: there is no action";
    }
    if (remembered->dry_run) {
        return "nothing to undo: the action was not carried out";
    }
    if (!remembered->started && remembered->ended) {
        return "nothing to undo: the action was refused or called off before its effect";
    }
    if (remembered->way_back == WayBack::none) {
        const RemedyRule* remedy = remedy_of(*remembered);
        return remedy == nullptr || remedy->irreversible.empty()
                   ? "nothing to undo: " +
                         (remedy == nullptr ? "it" : "a " + std::string{name_of(remedy->kind)}) +
                         " changes no file"
                   : "it cannot be undone: " + remedy->irreversible;
    }
    return "primumctl rollback " + action + " --reason \"...\"";
}

void Engine::Impl::explain_next(const TargetState& target, Explanation& explanation) const {
    switch (target.phase) {
        case Phase::steady:
            explanation.next = "nothing: it is well, or nothing is known that says otherwise";
            break;
        case Phase::waiting:
            explain_waiting(target, explanation);
            break;
        case Phase::asking:
            explanation.next = "the actuator is asked whether it can " +
                               remedy_words(world_, target.rung(target.level));
            break;
        case Phase::intending:
            explanation.next = "the intent is being made durable, then the actuator acts";
            break;
        case Phase::running:
            explanation.next = "the action is under way";
            explanation.next_at = target.flight->answer_by;
            break;
        case Phase::settling:
            explanation.next = "the action has finished and settles; then it is verified";
            explanation.next_at = target.flight->settle_until;
            break;
        case Phase::verifying:
            explanation.next = "whether the action helped is judged at the end of verify";
            explanation.next_at = target.flight->verify_until;
            break;
        case Phase::awaiting_data:
            explanation.next = "whether the action helped cannot be judged until data return";
            explanation.next_at = target.flight->data_by;
            break;
        case Phase::rolling_back:
            explanation.next = "the action is being undone";
            explanation.next_at = target.flight->undone_by;
            break;
        case Phase::soaking:
            explanation.next = "the incident closes unless it gets ill again";
            explanation.next_at = target.soak_until;
            break;
        case Phase::exhausted:
            explanation.next = "nothing until a person runs: primumctl ack " +
                               std::to_string(target.incident->id) + " --reason \"...\"";
            break;
    }
}

void Engine::Impl::explain_waiting(const TargetState& target, Explanation& explanation) const {
    const RungRule& rung = target.rung(target.level);
    if (target.spent(target.level)) {
        const auto next = std::find_if(
            explanation.rungs.begin(), explanation.rungs.end(), [&](const RungView& each) {
                return each.level > target.level && each.named;
            });
        explanation.next =
            next == explanation.rungs.end()
                ? "it is watched: the rules name no rung above"
                : "level " + std::string{name_of(next->level)} + " once it is " + next->condition;
        return;
    }
    const auto& since = target.condition_since[index_of(target.level)];
    if (!since) {
        explanation.next =
            "level " + std::string{name_of(target.level)} + " waits for " + condition_words(rung);
        return;
    }
    const Instant ready_at = std::max(target.rung_entered, *since) + rung.dwell;
    if (ready_at > world_.now.t) {
        explanation.next = rung.remedies.empty() ? "this rung is spent after its time"
                                                 : "then: " + remedy_words(world_, rung);
        explanation.next_at = ready_at;
        return;
    }
    const auto report = core::ask_guards(world_, target, target.level);
    if (report.veto) {
        explanation.next =
            remedy_words(world_, rung) + " waits for guard " + std::string{name_of(*report.veto)};
        explanation.next_at = report.look_again;
        return;
    }
    explanation.next = "then: " + remedy_words(world_, rung);
}

}  // namespace primum
