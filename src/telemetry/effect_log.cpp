// SPDX-License-Identifier: MIT
#include "telemetry/effect_log.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace primum::telemetry {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::string with_detail(std::string text, const std::string& detail) {
    return detail.empty() ? std::move(text) : fmt::format("{}: {}", text, detail);
}

std::string seconds_of(Duration took) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(took).count());
}

std::optional<Entry> entry_of(const DecisionRecord& decision) {
    // The change of level, the action's own records and their verification are told by themselves.
    if (decision.kind == DecisionKind::entered || decision.kind == DecisionKind::acted ||
        decision.kind == DecisionKind::verified) {
        return std::nullopt;
    }
    const bool matters = decision.kind == DecisionKind::exhausted ||
                         decision.kind == DecisionKind::stalled ||
                         decision.kind == DecisionKind::source_failed;
    Entry entry;
    entry.priority = matters ? Priority::warning : Priority::info;
    entry.kind = MessageKind::decision;
    entry.message = with_detail(fmt::format("{}: {}{} at {} ({})",
                                            decision.target,
                                            name_of(decision.kind),
                                            decision.dry_run ? " (dry run)" : "",
                                            name_of(decision.level),
                                            decision.reason),
                                decision.detail);
    entry.target = decision.target;
    entry.level = name_of(decision.level);
    entry.reason = decision.reason;
    entry.incident = decision.incident;
    entry.action = decision.action;
    return entry;
}

std::optional<Entry> entry_of(const ActionRecord& action) {
    if (action.dry_run) {
        return std::nullopt;  // its decision `would_act` is told
    }
    Entry entry;
    entry.priority = Priority::notice;
    entry.kind = MessageKind::action_intended;
    entry.message = fmt::format("{}: {} of {} intended at {}",
                                action.target,
                                action.kind,
                                action.unit,
                                name_of(action.level));
    entry.target = action.target;
    entry.level = name_of(action.level);
    entry.reason = "intended";
    entry.incident = action.incident;
    entry.action = action.id;
    return entry;
}

struct Telling {
    MessageKind kind;
    Priority priority;
    std::string what;
};

std::optional<Telling> telling_of(const TransitionRecord& transition) {
    const bool bad = transition.result == ActionResult::failed ||
                     transition.result == ActionResult::ambiguous ||
                     transition.outcome == Outcome::worse;
    const auto priority = bad ? Priority::warning : Priority::notice;
    switch (transition.state) {
        case ActionState::finished:
            return Telling{
                MessageKind::action_finished,
                priority,
                fmt::format(
                    "{} after {}", name_of(transition.result), seconds_of(transition.took))};
        case ActionState::verified:
            return Telling{MessageKind::action_verified,
                           priority,
                           fmt::format("verified {}", name_of(transition.outcome))};
        case ActionState::rolled_back:
            return Telling{MessageKind::action_rolled_back, Priority::notice, "rolled back"};
        case ActionState::rollback_failed:
            return Telling{MessageKind::rollback_failed, Priority::error, "rollback failed"};
        case ActionState::intended:
        case ActionState::started:
        case ActionState::kept:
            break;
    }
    return std::nullopt;
}

std::optional<Entry> entry_of(const TransitionRecord& transition, const ActionIndex& actions) {
    const auto telling = telling_of(transition);
    const auto* facts = actions.find(transition.action);
    if (!telling || (facts != nullptr && facts->dry_run)) {
        return std::nullopt;
    }
    Entry entry;
    entry.priority = telling->priority;
    entry.kind = telling->kind;
    entry.reason = transition.reason;
    entry.action = transition.action;
    std::string who = "action " + transition.action;
    if (facts != nullptr) {
        who = fmt::format("{}: {} at {}", facts->target, facts->kind, name_of(facts->level));
        entry.target = facts->target;
        entry.level = name_of(facts->level);
        entry.incident = facts->incident;
    }
    const auto reason = transition.reason.empty() ? "" : fmt::format(" ({})", transition.reason);
    entry.message =
        with_detail(fmt::format("{} {}{}", who, telling->what, reason), transition.detail);
    return entry;
}

std::optional<Entry> entry_of(const OperatorRecord& command) {
    Entry entry;
    entry.priority = Priority::notice;
    entry.kind = MessageKind::operator_command;
    entry.message = fmt::format("uid {} asked to {} {}, reason \"{}\": {}: {}",
                                command.uid,
                                command.verb,
                                command.target.empty() ? "all targets" : command.target,
                                command.reason,
                                command.accepted ? "accepted" : "refused",
                                command.message);
    entry.target = command.target;
    entry.reason = command.reason;
    entry.incident = command.incident;
    return entry;
}

std::optional<Entry> entry_of(const ProviderRecord& record) {
    Entry entry;
    entry.kind = MessageKind::decision;
    entry.message = with_detail(fmt::format("provider {}: {} is {}{}{}",
                                            record.provider,
                                            record.candidate,
                                            name_of(record.state),
                                            record.marked ? ", marked by hand" : "",
                                            record.current ? ", in use" : ""),
                                record.note);
    entry.reason = name_of(record.state);
    return entry;
}

std::optional<Entry> entry_of(const RecordEffect& effect, const ActionIndex& actions) {
    return std::visit(
        Overloaded{[](const DecisionRecord& record) { return entry_of(record); },
                   [](const ActionRecord& record) { return entry_of(record); },
                   [&](const TransitionRecord& record) { return entry_of(record, actions); },
                   [](const OperatorRecord& record) { return entry_of(record); },
                   // Told by the decisions and commands that made them.
                   [](const IncidentRecord&) { return std::optional<Entry>{}; },
                   [](const BreakerRecord&) { return std::optional<Entry>{}; },
                   // Learnt by the way.
                   [](const BaselineRecord&) { return std::optional<Entry>{}; },
                   [](const TrialRecord&) { return std::optional<Entry>{}; },
                   [](const JudgementRecord&) { return std::optional<Entry>{}; },
                   [](const PrecisionRecord&) { return std::optional<Entry>{}; },
                   [](const HoldRecord&) { return std::optional<Entry>{}; },
                   [](const ProviderRecord& record) { return entry_of(record); }},
        effect.record);
}

std::optional<Entry> entry_of(const LevelChanged& change) {
    Entry entry;
    entry.priority = Priority::notice;
    entry.kind = MessageKind::level_changed;
    entry.message = fmt::format("{}: level {} ({}), was {} ({}): {}",
                                change.target,
                                index_of(change.to),
                                name_of(change.to),
                                index_of(change.from),
                                name_of(change.from),
                                change.reason);
    entry.target = change.target;
    entry.level = name_of(change.to);
    entry.reason = change.reason;
    entry.incident = change.incident;
    return entry;
}

std::optional<Entry> entry_of(const SeverityChanged& change) {
    Entry entry;
    entry.kind = MessageKind::severity_changed;
    entry.message = fmt::format("{}: indicator {} is {}, was {} (value {})",
                                change.target,
                                change.indicator,
                                name_of(change.to),
                                name_of(change.from),
                                change.value);
    entry.target = change.target;
    entry.reason = name_of(change.to);
    return entry;
}

std::optional<Entry> entry_of(const UnitStarted& start) {
    Entry entry;
    entry.kind = MessageKind::unit_started;
    entry.message = with_detail(
        fmt::format("{} runs anew, started by {}", start.unit, name_of(start.by)), start.detail);
    entry.reason = name_of(start.by);
    return entry;
}

std::optional<Entry> entry_of(const Notify& page) {
    Entry entry;
    entry.priority = Priority::alert;
    entry.kind = MessageKind::page;
    entry.message = fmt::format("{}: {}: {}", page.target, name_of(page.kind), page.text);
    entry.target = page.target;
    entry.level = name_of(page.level);
    entry.reason = page.reason;
    entry.incident = page.incident;
    return entry;
}

std::optional<Entry> entry_of(const Rejected& rejected) {
    Entry entry;
    entry.priority = Priority::warning;
    entry.kind = MessageKind::event_rejected;
    entry.message =
        with_detail(fmt::format("event rejected: {}", rejected.reason), rejected.detail);
    entry.reason = rejected.reason;
    return entry;
}

}  // namespace

std::optional<Entry> entry_of(const Effect& effect, const ActionIndex& actions) {
    return std::visit(
        Overloaded{[&](const RecordEffect& record) { return entry_of(record, actions); },
                   [](const LevelChanged& change) { return entry_of(change); },
                   [](const SeverityChanged& change) { return entry_of(change); },
                   [](const UnitStarted& start) { return entry_of(start); },
                   [](const Notify& page) { return entry_of(page); },
                   [](const Rejected& rejected) { return entry_of(rejected); },
                   // Orders to other parts; what comes of them is a record.
                   [](const AskPreflight&) { return std::optional<Entry>{}; },
                   [](const RunAction&) { return std::optional<Entry>{}; },
                   [](const SettleAction&) { return std::optional<Entry>{}; },
                   [](const RollBack&) { return std::optional<Entry>{}; },
                   [](const AskPointer&) { return std::optional<Entry>{}; },
                   [](const OperatorReply&) { return std::optional<Entry>{}; }},
        effect);
}

std::optional<Entry> entry_of(const Event& event) {
    Entry entry;
    if (const auto* rules = std::get_if<RulesEvent>(&event.body)) {
        entry.priority = Priority::notice;
        entry.kind = MessageKind::rules_loaded;
        entry.message = fmt::format("rules {} in force: {} targets, {} sources",
                                    rules->digest.substr(0, 12),
                                    rules->compiled ? rules->compiled->targets.size() : 0,
                                    rules->compiled ? rules->compiled->sources.size() : 0);
        return entry;
    }
    const auto* host = std::get_if<HostEvent>(&event.body);
    if (host != nullptr && host->change == HostChange::off_switch) {
        entry.priority = Priority::warning;
        entry.kind = MessageKind::off_switch;
        entry.message = with_detail(
            host->disabled ? "the off switch is on: nothing is done" : "the off switch is off",
            host->detail);
        entry.reason = host->disabled ? "disabled" : "enabled";
        return entry;
    }
    if (host != nullptr && host->change == HostChange::busy) {
        entry.kind = MessageKind::daemon;
        entry.message = host->busy ? "remedies wait: " + host->detail + " is at work"
                                   : "nothing is at work on the host any more";
        entry.reason = host->busy ? "busy" : "idle";
        return entry;
    }
    const auto* ledger = std::get_if<LedgerEvent>(&event.body);
    if (ledger != nullptr &&
        (ledger->news == LedgerNews::healthy || ledger->news == LedgerNews::unhealthy)) {
        const bool healthy = ledger->news == LedgerNews::healthy;
        entry.priority = healthy ? Priority::notice : Priority::error;
        entry.kind = MessageKind::ledger_health;
        entry.message =
            with_detail(healthy ? "the ledger is healthy" : "the ledger is unhealthy: no remedies",
                        ledger->detail);
        entry.reason = name_of(ledger->news);
        return entry;
    }
    return std::nullopt;
}

void EffectLog::observe(const Event& event) {
    if (const auto* restore = std::get_if<RestoreEvent>(&event.body)) {
        actions_.restore(restore->state);
    }
    if (auto entry = entry_of(event)) {
        journal_.log(std::move(*entry));
    }
}

void EffectLog::observe(const Effect& effect) {
    if (const auto* record = std::get_if<RecordEffect>(&effect)) {
        if (const auto* action = std::get_if<ActionRecord>(&record->record)) {
            actions_.remember(*action);
        }
    }
    if (auto entry = entry_of(effect, actions_)) {
        journal_.log(std::move(*entry));
    }
}

}  // namespace primum::telemetry
