// SPDX-License-Identifier: MIT
#include "replay/sim_invariants.hpp"

#include "event/effect_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

namespace primum::replay {
namespace {

constexpr std::uint32_t all_targets = UINT32_MAX;
constexpr std::size_t most_breaches = 20;
// An engine that gives more effects than this for one event has lost its bounds.
constexpr std::size_t effects_a_step = 200;
constexpr std::size_t effects_a_target = 40;
// What is younger than this no start may have forgotten.
constexpr Duration remembered_for_sure = std::chrono::hours{25};

double seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}

std::uint64_t sequence_of(std::string_view action) {
    const std::size_t dash = action.rfind('-');
    std::uint64_t sequence = 0;
    if (dash != std::string_view::npos) {
        std::from_chars(action.data() + dash + 1, action.data() + action.size(), sequence);
    }
    return sequence;
}

}  // namespace

SimInvariants::SimInvariants(const SimWorld& world)
    : world_(world),
      patients_(world.rules().targets.size()),
      digests_(world.rules().targets.size()) {}

void SimInvariants::breach(const std::string& what) {
    if (breaches_.size() < most_breaches) {
        breaches_.push_back(fmt::format("{:.3f}s: {}", seconds(now_), what));
    }
}

const TargetRule& SimInvariants::rule(std::uint32_t target) const {
    return world_.rules().targets[target];
}

SimInvariants::Intent* SimInvariants::find(std::string_view action) {
    const auto found = intents_.find(sequence_of(action));
    return found == intents_.end() ? nullptr : &found->second;
}

void SimInvariants::see(const SimStep& step) {
    now_ = step.elapsed;
    passed_ = world_.passed();
    stamp_ = step.event.at;
    see_event(step);
    if (overdue_at_ && now_ > *overdue_at_) {
        check_overdue();
    }
    if (step.effects.empty()) {
        return;
    }
    if (step.effects.size() > effects_a_step + effects_a_target * patients_.size()) {
        breach(fmt::format("{} effects of one event", step.effects.size()));
    }
    reasons_.clear();
    told_.clear();
    for (const Effect& effect : step.effects) {
        see_effect(effect, step);
    }
    check_pages();
}

// Record and page give the same reason. A page may come later than what it tells: while a breaker
// is tripped that one page is enough.
void SimInvariants::check_pages() {
    const auto is_on_record = [&](const auto& page) {
        return std::find(reasons_.begin(), reasons_.end(), page) != reasons_.end() ||
               std::any_of(patients_.begin(), patients_.end(), [&](const Patient& patient) {
                   return patient.incident && patient.incident->id == page.first &&
                          patient.incident->exhausted_code == page.second;
               });
    };
    for (const auto& page : told_) {
        if (!is_on_record(page)) {
            breach(
                fmt::format("incident {} pages {}, which no record says", page.first, page.second));
        }
    }
}

void SimInvariants::see_event(const SimStep& step) {
    const EventBody& body = step.event.body;
    if (const auto* ledger = std::get_if<LedgerEvent>(&body)) {
        if (ledger->news == LedgerNews::healthy || ledger->news == LedgerNews::unhealthy) {
            ledger_healthy_ = ledger->news == LedgerNews::healthy;
        } else if (Intent* intent = find(ledger->action); intent != nullptr && !intent->durable) {
            if (ledger->news == LedgerNews::committed) {
                intent->durable = true;
            } else {
                intents_.erase(sequence_of(ledger->action));
            }
        }
    } else if (const auto* host = std::get_if<HostEvent>(&body)) {
        if (host->change == HostChange::off_switch) {
            off_ = host->disabled;
        } else if (host->change != HostChange::busy) {
            for (Patient& patient : patients_) {
                patient.warm_from = now_;
            }
        }
    } else if (const auto* restore = std::get_if<RestoreEvent>(&body)) {
        see_restore(restore->state);
    } else if (const auto* rules = std::get_if<RulesEvent>(&body)) {
        see_rules(*rules->compiled);
    }
}

// What was acknowledged must still be there; what was not may be gone.
void SimInvariants::see_restore(const RestoredState& state) {
    std::set<std::uint64_t> known;
    for (const RestoredAction& restored : state.actions) {
        known.insert(restored.action.sequence);
    }
    for (auto each = intents_.begin(); each != intents_.end();) {
        Intent& intent = each->second;
        const bool is_known = known.contains(each->first);
        if (intent.durable && !is_known && passed_ - intent.at < remembered_for_sure) {
            breach("a durable intent is lost: " + intent.id);
        }
        intent.durable = intent.durable || is_known;
        intent.record_lost = true;
        intent.outcomes = 0;
        each = is_known ? std::next(each) : intents_.erase(each);
    }
    forget_candidates(state);
    holds_.clear();
    for (const RestoredHold& restored : state.holds) {
        see(restored.hold);
    }
    pages_.clear();
    for (Patient& patient : patients_) {
        patient = Patient{};
        patient.warm_from = now_;
    }
    host_breaker_ = false;
    for (const RestoredBreaker& restored : state.breakers) {
        see(restored.breaker);
    }
    for (const RestoredIncident& restored : state.incidents) {
        if (restored.incident.open) {
            see(restored.incident);
            if (const auto target = world_.target_index(restored.incident.target)) {
                patients_[*target].spent = restored.incident.spent;
            }
        }
    }
    off_ = state.disabled;
    ledger_healthy_ = state.ledger_healthy;
    started_ = true;
}

void SimInvariants::see_rules(const RuleSet& rules) {
    for (std::size_t i = 0; i < digests_.size() && i < rules.targets.size(); ++i) {
        if (digests_[i] != rules.targets[i].digest) {
            digests_[i] = rules.targets[i].digest;
            patients_[i].warm_from = now_;
        }
    }
}

void SimInvariants::see_effect(const Effect& effect, const SimStep& step) {
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
        see_rollback(*back, std::holds_alternative<OperatorEvent>(step.event.body));
    } else if (const auto* reply = std::get_if<OperatorReply>(&effect)) {
        see_reply(*reply, step);
    } else if (const auto* rejected = std::get_if<Rejected>(&effect)) {
        // News of an action that nobody waits for any more may come late.
        if (rejected->reason != "unknown_action") {
            breach("an honest event is rejected: " + rejected->reason + ' ' + rejected->detail);
        }
    }
}

// A rollback is refused for what it is, never by a guard.
void SimInvariants::see_reply(const OperatorReply& reply, const SimStep& step) {
    const auto* command = std::get_if<OperatorEvent>(&step.event.body);
    if (command == nullptr || reply.accepted || command->verb != OperatorVerb::rollback) {
        return;
    }
    const Intent* intent = find(command->action);
    const bool did_nothing = intent != nullptr && intent->dry_run;
    if (from_name<Guard>(reply.code) && !did_nothing) {
        breach("a rollback is blocked: " + reply.code);
    }
}

// A person may ask for what primum by itself may not: again, when a way back failed, and for what
// it knows nothing of any more: the actuator knows whether there is a way back.
void SimInvariants::see_rollback(const RollBack& back, bool by_person) {
    if (std::exchange(goes_back_, false)) {
        check_failback(back);
        return;
    }
    Intent* intent = find(back.action);
    if (intent == nullptr || !intent->ran) {
        // After a crash the engine may know more of an action than was seen of it.
        if (!by_person && (intent == nullptr || !intent->record_lost)) {
            breach("a rollback of what never ran: " + back.action);
        }
        return;
    }
    if (intent->way_back == WayBack::none && !by_person) {
        breach("a rollback of what has no way back: " + back.action);
    }
    if (intent->taken_back && !by_person && !intent->record_lost) {
        breach("a second rollback of " + back.action);
    }
    intent->taken_back = true;
}

void SimInvariants::see(const DecisionRecord& record) {
    reasons_.emplace_back(record.incident, record.reason);
    goes_back_ =
        goes_back_ || (record.kind == DecisionKind::rolling_back && record.reason == "failback");
    if (record.reason.empty()) {
        breach(fmt::format("a decision without a reason: {}", name_of(record.kind)));
    }
    const auto target = world_.target_index(record.target);
    if (!target) {
        return;
    }
    Patient& patient = patients_[*target];
    if (record.kind == DecisionKind::spent || record.kind == DecisionKind::passed_over) {
        patient.spent = static_cast<std::uint8_t>(patient.spent | 1U << index_of(record.level));
    } else if (record.kind == DecisionKind::acknowledged) {
        patient.spent = 0;
        patient.in_doubt = false;
    } else if (record.kind == DecisionKind::waited) {
        const auto veto =
            std::find_if(record.guards.begin(), record.guards.end(), [](const GuardVerdict& each) {
                return each.verdict == Verdict::veto;
            });
        if (veto == record.guards.end() || name_of(veto->guard) != record.reason) {
            breach("a wait whose reason is not its first veto: " + record.reason);
        }
    }
}

void SimInvariants::see(const IncidentRecord& record) {
    const auto target = world_.target_index(record.target);
    if (!target) {
        return;
    }
    Patient& patient = patients_[*target];
    if (!record.open) {
        patient.incident.reset();
        patient.in_doubt = false;
        patient.spent = 0;
        return;
    }
    if (!patient.incident || patient.incident->id != record.id) {
        patient.spent = record.spent;
        patient.in_doubt = false;
    }
    patient.incident = record;
}

void SimInvariants::see(const HoldRecord& record) {
    std::erase_if(holds_, [&](const Hold& hold) { return hold.id == record.id; });
    const auto target =
        record.target.empty() ? std::optional{all_targets} : world_.target_index(record.target);
    const Duration left = record.until.t - stamp_.t;
    // What is left across boots only the engine can tell: it is not checked.
    if (target && !record.released && left > Duration::zero() && record.from.t <= stamp_.t &&
        record.until.t - record.from.t == record.until.wall - record.from.wall) {
        holds_.push_back({*target, record.id, passed_ + left});
    }
}

void SimInvariants::see(const BreakerRecord& record) {
    if (record.target.empty()) {
        host_breaker_ = record.tripped;
    } else if (const auto target = world_.target_index(record.target)) {
        patients_[*target].breaker = record.tripped;
    }
}

void SimInvariants::see(const LevelChanged& change) {
    const auto target = world_.target_index(change.target);
    const bool falls = change.to == Level::steady || change.reason == "acknowledged" ||
                       (change.reason == "forced" && change.to < change.from);
    if (!target || falls || change.reason == "restored") {
        return;
    }
    const Patient& patient = patients_[*target];
    if (change.reason == "relapsed") {
        if (patient.incident && patient.incident->helped != change.to) {
            breach(change.target + " relapses to a rung that had not helped");
        }
        return;
    }
    if (index_of(change.to) != index_of(change.from) + 1) {
        breach(fmt::format(
            "{} jumps from {} to {}", change.target, name_of(change.from), name_of(change.to)));
    }
    if (change.from != Level::steady && (patient.spent >> index_of(change.from) & 1U) == 0) {
        breach(fmt::format("{} leaves {} before it is spent", change.target, name_of(change.from)));
    }
}

void SimInvariants::see(const Notify& page) {
    const bool may_repeat = page.kind == PageKind::overdue;
    if (!pages_.emplace(page.incident, page.kind).second && !may_repeat) {
        breach(fmt::format("incident {} pages {} twice", page.incident, name_of(page.kind)));
    }
    if (page.reason.empty()) {
        breach(fmt::format("a page without a reason: {}", name_of(page.kind)));
    }
    const bool is_decided = page.kind == PageKind::exhausted || page.kind == PageKind::stalled;
    if (is_decided) {
        told_.emplace_back(page.incident, page.reason);
    }
}

bool SimInvariants::is_held(std::uint32_t target) const {
    return std::any_of(holds_.begin(), holds_.end(), [&](const Hold& hold) {
        return (hold.target == target || hold.target == all_targets) && hold.until > passed_;
    });
}

// An open incident that nothing but a person, or the target itself, can move.
bool SimInvariants::is_stuck_for_good(std::uint32_t target) const {
    const Patient& patient = patients_[target];
    const IncidentRecord& incident = *patient.incident;
    const TargetRule& of = rule(target);
    const bool only_observed = std::min(of.mode, world_.rules().settings.mode) == Mode::observe ||
                               std::none_of(of.rungs.begin() + index_of(Level::retry),
                                            of.rungs.end(),
                                            [](const auto& r) { return r.named; });
    const auto bit = 1U << static_cast<unsigned>(PageKind::stalled);
    return incident.phase == Phase::exhausted || patient.breaker || host_breaker_ ||
           is_held(target) || only_observed || world_.is_stopped(target) ||
           (incident.paged & bit) != 0;
}

bool SimInvariants::is_settled() const {
    for (std::uint32_t i = 0; i < patients_.size(); ++i) {
        if (patients_[i].incident && !is_stuck_for_good(i)) {
            return false;
        }
    }
    return std::none_of(intents_.begin(), intents_.end(), [](const auto& entry) {
        return entry.second.flying && !entry.second.dry_run;
    });
}

void SimInvariants::at_the_end() {
    now_ = world_.elapsed();
    for (const auto& [sequence, intent] : intents_) {
        if (intent.dry_run) {
            continue;
        }
        if (intent.durable && !intent.record_lost && intent.outcomes != 1) {
            breach(fmt::format("{} has {} outcomes", intent.id, intent.outcomes));
        }
        if (intent.flying) {
            breach("still in flight: " + intent.id);
        }
    }
    for (std::uint32_t i = 0; i < patients_.size(); ++i) {
        const Patient& patient = patients_[i];
        if (patient.incident && !is_stuck_for_good(i)) {
            breach(fmt::format("incident {} of {} has no end: {} at {}",
                               patient.incident->id,
                               patient.incident->target,
                               name_of(patient.incident->phase),
                               name_of(patient.incident->level)));
        }
    }
}

void SimTwin::see(const SimStep& step) {
    if (std::holds_alternative<RestoreEvent>(step.event.body)) {
        engine_.emplace();
    }
    if (!engine_) {
        return;
    }
    const std::vector<Effect> effects = engine_->advance(step.event);
    bool same = effects.size() == step.effects.size();
    for (std::size_t i = 0; same && i < effects.size(); ++i) {
        same = event::write_effect(effects[i]) == event::write_effect(step.effects[i]);
    }
    if (!same) {
        invariants_.breach("the same events gave other effects");
    }
}

}  // namespace primum::replay
