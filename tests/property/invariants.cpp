// SPDX-License-Identifier: MIT
#include "property/invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace primum::property {

void Invariants::breach(const std::string& what) {
    breaches_.push_back(
        fmt::format("{:.3f}: {}", std::chrono::duration<double>(world_.elapsed()).count(), what));
}

const TargetRule* Invariants::rule(const std::string& target) const {
    const auto& targets = world_.rules().targets;
    const auto found = std::find_if(targets.begin(), targets.end(), [&](const TargetRule& each) {
        return each.name == target;
    });
    return found == targets.end() ? nullptr : &*found;
}

void Invariants::see(const support::Turn& turn) {
    const bool rejected =
        std::any_of(turn.effects.begin(), turn.effects.end(), [](const Effect& e) {
            const auto* rejection = std::get_if<Rejected>(&e);
            return rejection != nullptr && rejection->reason == "time_went_back";
        });
    if (rejected) {
        if (turn.effects.size() != 1) {
            breach("an event of the past had an effect");
        }
        return;
    }
    now_ = turn.event.at;
    see_event(turn);
    for (const std::string& each : guards_.see(turn)) {
        breach(each);
    }
    for (const std::string& each : precision_.see(turn)) {
        breach(each);
    }
    for (const Effect& effect : turn.effects) {
        if (const auto* recorded = std::get_if<RecordEffect>(&effect)) {
            std::visit(
                [this](const auto& each) {
                    if constexpr (requires { see(each); }) {
                        see(each);
                    }
                },
                recorded->record);
        } else if (const auto* run = std::get_if<RunAction>(&effect)) {
            see(*run);
        } else if (const auto* change = std::get_if<LevelChanged>(&effect)) {
            see(*change);
        } else if (const auto* page = std::get_if<Notify>(&effect)) {
            see(*page);
        } else if (const auto* back = std::get_if<RollBack>(&effect)) {
            see(*back);
        }
    }
}

void Invariants::see_event(const support::Turn& turn) {
    if (const auto* ledger = std::get_if<LedgerEvent>(&turn.event.body)) {
        const auto intent = intents_.find(ledger->action);
        if (ledger->news == LedgerNews::healthy || ledger->news == LedgerNews::unhealthy) {
            ledger_healthy_ = ledger->news == LedgerNews::healthy;
        } else if (intent != intents_.end() && !intent->second.durable) {
            if (ledger->news == LedgerNews::committed) {
                intent->second.durable = true;
            } else {
                intents_.erase(intent);
            }
        }
    } else if (const auto* host = std::get_if<HostEvent>(&turn.event.body)) {
        see_host(*host);
    } else if (const auto* restore = std::get_if<RestoreEvent>(&turn.event.body)) {
        const bool taken =
            std::none_of(turn.effects.begin(), turn.effects.end(), [](const Effect& effect) {
                return std::holds_alternative<Rejected>(effect);
            });
        if (taken) {
            see_restore(restore->state);
            const auto is_lost = [&](std::uint64_t incident) {
                return incident >= restore->state.next_incident;
            };
            std::erase_if(pages_, [&](const auto& page) { return is_lost(page.first); });
            std::erase_if(overdue_, [&](const auto& page) { return is_lost(page.first); });
            std::erase_if(incidents_, [&](const auto& entry) { return is_lost(entry.first); });
            std::erase_if(intents_, [&](const auto& entry) {
                const ActionRecord& record = entry.second.record;
                return record.dry_run && record.sequence >= restore->state.next_action;
            });
            std::erase_if(spent_, [&](const auto& entry) { return is_lost(entry.first); });
            std::erase_if(
                holds_, [&](const auto& entry) { return entry.first >= restore->state.next_hold; });
            warming_since_ = now_.t;
            off_ = restore->state.disabled;
            ledger_healthy_ = restore->state.ledger_healthy;
        }
    }
}

// A breaker is latched: what was durable of it is there again.
void Invariants::see_restore(const RestoredState& state) {
    std::set<std::string> restored;
    for (const RestoredBreaker& each : state.breakers) {
        if (each.breaker.tripped) {
            restored.insert(each.breaker.target);
        }
    }
    if (!records_lost_ && restored != tripped_) {
        breach("a restart changes which breakers are tripped");
    }
    tripped_ = std::move(restored);
    records_lost_ = false;
}

void Invariants::see(const BreakerRecord& record) {
    if (!record.tripped) {
        tripped_.erase(record.target);
        pages_.erase({record.incident, PageKind::breaker});
        if (record.target.empty()) {
            pages_.erase({0, PageKind::breaker});
        }
        std::erase_if(pages_, [&](const auto& page) {
            const auto incident = incidents_.find(page.first);
            return page.second == PageKind::breaker && incident != incidents_.end() &&
                   (record.target.empty() || incident->second.target == record.target);
        });
    } else if (!tripped_.insert(record.target).second) {
        breach("a breaker trips twice: " + record.target);
    }
}

bool Invariants::is_latched(const std::string& target) const {
    return tripped_.contains("") || tripped_.contains(target);
}

void Invariants::see(const RollBack& back) {
    const auto found = intents_.find(back.action);
    if (found == intents_.end() || found->second.record.dry_run || !found->second.durable) {
        breach("a rollback of what was never done: " + back.action);
    }
}

void Invariants::see_host(const HostEvent& event) {
    if (event.change == HostChange::off_switch) {
        off_ = event.disabled;
    } else if (event.change != HostChange::busy) {
        warming_since_ = now_.t;
    }
}

void Invariants::restarted() {
    std::erase_if(intents_, [](const auto& entry) { return !entry.second.durable; });
    if (!world_.would_lose_records()) {
        return;
    }
    records_lost_ = true;
    pages_.clear();
    overdue_.clear();
    for (auto& [id, intent] : intents_) {
        intent.record_lost = true;
        intent.flying = false;
        intent.outcomes = 0;
        intent.ends = 0;
    }
}

void Invariants::see(const ActionRecord& record) {
    if (intents_.contains(record.id)) {
        breach("the id " + record.id + " is used twice");
    }
    if (record.dry_run) {
        intents_[record.id] = Intent{record, true, false, false, now_.t, 0};
        return;
    }
    const TargetRule* target = rule(record.target);
    if (target == nullptr) {
        breach("an intent for " + record.target + ", which is not in the rules");
        return;
    }
    check_in_flight(record);
    check_untouchable(record.target, "an intent");
    if (!ledger_healthy_) {
        breach("an intent while the ledger is unhealthy");
    }
    if (record.operator_uid == nobody) {
        check_unforced(record, *target);
    } else if (world_.rules().settings.mode != Mode::enforce) {
        breach("a forced intent under a daemon that does not enforce");
    }
    intents_[record.id] = Intent{record, false, false, true, std::nullopt, 0};
}

// What a person may pass over.
void Invariants::check_unforced(const ActionRecord& record, const TargetRule& rule_of) {
    const TargetRule* target = &rule_of;
    const DecisionSettings& settings = world_.rules().settings;
    if (!target->enforces(record.level, settings.mode, record.intended.wall)) {
        breach("an intent at a level that is not enforced");
    }
    if (target->budget) {
        check_budget(record, *target->budget, "target", true, false);
    }
    check_budget(record, settings.host, "host", false, false);
    if (const auto& budget = settings.per_level[index_of(record.level)]) {
        check_budget(record, *budget, "level", false, true);
    }
    check_cooldown(record);
    check_evidence(record);
    if (warming_since_ && now_.t < *warming_since_ + target->warm_up) {
        breach("an intent during the warm-up of " + record.target);
    }
}

void Invariants::check_budget(const ActionRecord& record,
                              const Budget& budget,
                              const std::string& whose,
                              bool of_target,
                              bool of_level) {
    const auto used = std::count_if(intents_.begin(), intents_.end(), [&](const auto& entry) {
        const ActionRecord& other = entry.second.record;
        return !other.dry_run && other.intended.t > now_.t - budget.per &&
               (!of_target || other.target == record.target) &&
               (!of_level || other.level == record.level);
    });
    if (used >= static_cast<std::ptrdiff_t>(budget.actions)) {
        breach(fmt::format("the budget of the {} is exceeded: {} used", whose, used));
    }
}

void Invariants::check_in_flight(const ActionRecord& record) {
    std::uint32_t flying = 0;
    for (const auto& [id, intent] : intents_) {
        if (!intent.flying) {
            continue;
        }
        ++flying;
        if (intent.record.target == record.target) {
            breach("a second action of " + record.target + " beside " + id);
        }
    }
    if (flying >= world_.rules().settings.in_flight) {
        breach(fmt::format("{} other actions are in flight", flying));
    }
}

void Invariants::check_cooldown(const ActionRecord& record) {
    for (const auto& [id, intent] : intents_) {
        if (intent.record.dry_run || intent.record.target != record.target ||
            intent.record.level != record.level) {
            continue;
        }
        const Duration least = rule(record.target)->rungs[index_of(record.level)].cooldown.initial;
        if (!intent.ended || now_.t < *intent.ended + least) {
            breach("an intent within the cooldown of " + id);
        }
    }
}

// What is unknown triggers nothing: the condition must stand on what is known.
void Invariants::check_evidence(const ActionRecord& record) {
    const TargetRule& target = *rule(record.target);
    const RungRule& rung = target.rungs[index_of(record.level)];
    std::uint32_t ill = 0;
    bool unit_failed = false;
    for (const EvidenceItem& item : record.evidence) {
        ill += item.severity >= rung.when ? 1 : 0;
        unit_failed =
            unit_failed || (item.indicator == "unit" && item.severity == Severity::critical);
    }
    if (ill < rung.indicators && !unit_failed) {
        breach("an intent on evidence that does not meet the rung's condition");
    }
}

void Invariants::check_untouchable(const std::string& target, const std::string& what) {
    if (off_) {
        breach(what + " while the off switch is on");
    }
    if (is_latched(target)) {
        breach(what + " on " + target + " while a breaker is tripped");
    }
    for (const auto& [id, hold] : holds_) {
        if (!hold.released && (hold.target.empty() || hold.target == target) &&
            now_.t >= hold.from.t && now_.t < hold.until.t) {
            breach(what + " on " + target + " under hold " + std::to_string(id));
        }
    }
}

void Invariants::see(const RunAction& run) {
    const auto found = intents_.find(run.action);
    if (found == intents_.end()) {
        breach("an action without an intent: " + run.action);
        return;
    }
    Intent& intent = found->second;
    if (!intent.durable) {
        breach("an action before its intent is durable: " + run.action);
    }
    if (intent.record.dry_run) {
        breach("a dry-run that runs: " + run.action);
    }
    if (intent.ran) {
        breach("an action that runs twice: " + run.action);
    }
    if (!ledger_healthy_) {
        breach("an action while the ledger is unhealthy");
    }
    intent.ran = true;
    check_untouchable(run.target, "an action");
}

void Invariants::see(const TransitionRecord& record) {
    const auto found = intents_.find(record.action);
    if (found == intents_.end()) {
        return;
    }
    Intent& intent = found->second;
    if (record.state == ActionState::finished && record.reason != "late") {
        intent.ended = now_.t;
        if (++intent.outcomes > 1) {
            breach("a second outcome of " + record.action);
        }
        intent.flying = record.result != ActionResult::ambiguous && intent.flying &&
                        record.reason != "abandoned";
    }
    if (record.state == ActionState::kept || record.state == ActionState::rolled_back ||
        record.state == ActionState::rollback_failed) {
        intent.flying = false;
        if (record.reason != "operator" && record.reason != "late" && ++intent.ends > 1) {
            breach("a second end of " + record.action);
        }
    }
    if (record.state == ActionState::started && intent.ended && !intent.record.dry_run) {
        breach("it starts after its end: " + record.action);
    }
}

void Invariants::see(const DecisionRecord& record) {
    if (record.kind == DecisionKind::spent || record.kind == DecisionKind::passed_over) {
        spent_[record.incident].insert(record.level);
    } else if (record.kind == DecisionKind::acknowledged) {
        spent_[record.incident].clear();
    }
}

void Invariants::see(const HoldRecord& record) {
    holds_[record.id] = record;
}

void Invariants::see(const IncidentRecord& record) {
    incidents_[record.id] = record;
}

void Invariants::see(const LevelChanged& change) {
    const bool falls = change.to == Level::steady || change.reason == "acknowledged";
    const bool goes_down = change.reason == "forced" && change.to < change.from;
    const bool jumps = change.reason == "relapsed" || change.reason == "restored" || goes_down;
    if (falls || jumps) {
        return;
    }
    if (index_of(change.to) != index_of(change.from) + 1) {
        breach(fmt::format(
            "{} jumps from {} to {}", change.target, name_of(change.from), name_of(change.to)));
    }
    if (change.from != Level::steady && !spent_[change.incident].contains(change.from)) {
        breach(fmt::format("{} leaves {} before it is spent", change.target, name_of(change.from)));
    }
}

void Invariants::see(const Notify& page) {
    if (page.kind == PageKind::overdue) {
        if (++overdue_[page.incident] > world_.rules().settings.response.max_overdue) {
            breach(fmt::format("incident {} pages overdue too often", page.incident));
        }
    } else if (!pages_.emplace(page.incident, page.kind).second) {
        breach(fmt::format("incident {} pages {} twice", page.incident, name_of(page.kind)));
    }
}

void Invariants::at_the_end() {
    for (const auto& [id, intent] : intents_) {
        const bool known = intent.durable && !intent.record_lost;
        if (!intent.record.dry_run && known && intent.outcomes != 1) {
            breach(fmt::format("{} has {} outcomes", id, intent.outcomes));
        }
        if (intent.flying) {
            breach("still in flight: " + id);
        }
    }
    for (const auto& [id, incident] : incidents_) {
        if (incident.open && incident.phase != Phase::exhausted && !is_latched(incident.target)) {
            breach(fmt::format("incident {} of {} is neither over nor exhausted: {} at {}",
                               id,
                               incident.target,
                               name_of(incident.phase),
                               name_of(incident.level)));
        }
    }
}

}  // namespace primum::property
