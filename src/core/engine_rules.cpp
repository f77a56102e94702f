// SPDX-License-Identifier: MIT
// Start and reload: what the ledger gave back, and rule sets that take effect.
#include "core/engine_impl.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum {
namespace {

constexpr std::string_view source_prefix = "source:";
constexpr std::size_t max_farewells = 1'024;

bool is_unfinished(const RestoredAction& restored) {
    return restored.state == ActionState::intended || restored.state == ActionState::started;
}

// Finished, with an effect that nobody has judged yet.
bool is_unverified(const RestoredAction& restored) {
    return (restored.state == ActionState::finished &&
            restored.result != ActionResult::ambiguous) ||
           (restored.state == ActionState::verified && restored.outcome == Outcome::inconclusive);
}

const TargetRule* find_rule(const RuleSet& rules, std::string_view name) {
    const auto found = std::find_if(rules.targets.begin(),
                                    rules.targets.end(),
                                    [&](const TargetRule& each) { return each.name == name; });
    return found == rules.targets.end() ? nullptr : &*found;
}

}  // namespace

void Engine::Impl::take(const RestoreEvent& event) {
    started_ = true;
    restored_ = event.state;
    world_.boot_id = event.state.boot_id;
    world_.clock_synchronised = event.state.clock_synchronised;
    world_.ledger_uuid = event.state.ledger_uuid;
    world_.next_action = event.state.next_action;
    world_.next_incident = event.state.next_incident;
    world_.next_hold = event.state.next_hold;
    world_.ledger_healthy = event.state.ledger_healthy;
    world_.ledger_detail = event.state.ledger_healthy ? "" : "not open";
    world_.disabled = event.state.disabled;
    world_.disabled_by = event.state.disabled ? "set before the start" : "";
}

// Across boots only the wall clock can tell how much time has passed; where it cannot be trusted
// none has, which makes every wait longer and none shorter.
Instant Engine::Impl::local(const StoredStamp& stamp) const {
    if (stamp.boot_id == world_.boot_id) {
        return std::min(stamp.at.t, world_.now.t);
    }
    const Duration passed = world_.clock_synchronised
                                ? std::max(Duration{0}, Duration{world_.now.wall - stamp.at.wall})
                                : Duration{0};
    return world_.now.t - passed;
}

void Engine::Impl::take(const RulesEvent& event) {
    PRIMUM_CHECK(event.compiled != nullptr);
    if (world_.rules != nullptr && world_.rules->digest == event.compiled->digest) {
        return;
    }
    const bool is_start = world_.rules == nullptr;
    world_.rules = event.compiled;
    apply_sources(*event.compiled);
    apply_targets(event.compiled, is_start);
    if (restored_) {
        restore_holds();
        restore_baselines();
        restore_actions();
        restore_incidents();
        restored_.reset();
    }
    for (const auto& [name, target] : targets_) {
        judge_unit(*target);
    }
    world_.look_at_all_ill();
    look_at_changed();
}

void Engine::Impl::apply_sources(const RuleSet& rules) {
    std::erase_if(sources_, [&](const auto& entry) {
        SourceState& source = *entry.second;
        const bool stays =
            std::any_of(rules.sources.begin(), rules.sources.end(), [&](const SourceRule& each) {
                return each.name == source.rule.name;
            });
        if (!stays) {
            close_source_incident(source, "abandoned");
            source_by_key_.erase(source.key);
            world_.deadlines.forget(source.key);
        }
        return !stays;
    });
    for (const SourceRule& rule : rules.sources) {
        const auto known = sources_.find(rule.name);
        if (known != sources_.end()) {
            known->second->rule = rule;
            continue;
        }
        auto source = std::make_unique<SourceState>(next_key_++, rule);
        source_by_key_[source->key] = source.get();
        sources_.emplace(rule.name, std::move(source));
    }
}

void Engine::Impl::apply_targets(const std::shared_ptr<const RuleSet>& rules, bool is_start) {
    for (const auto& [name, target] : targets_) {
        if (find_rule(*rules, name) == nullptr) {
            ladder(*target).abandon();
            world_.changed.insert(target->key);
        }
    }
    targets_by_unit_.clear();
    for (const TargetRule& rule : rules->targets) {
        const auto known = targets_.find(rule.name);
        if (known == targets_.end()) {
            add_target(rules, rule);
        } else if (known->second->rule->digest == rule.digest && !known->second->gone) {
            rebind_target(*known->second, rules, rule);
        } else {
            change_target(*known->second, rules, rule);
        }
    }
    // Also those that are gone: an action under way is still to be verified.
    for (const auto& [name, target] : targets_) {
        if (!target->rule->unit.empty()) {
            targets_by_unit_.emplace(target->rule->unit, target.get());
        }
        if (is_start) {
            target->warm_up_until = world_.now.t + target->rule->warm_up;
        }
    }
    take_census();
}

void Engine::Impl::take_census() {
    std::vector<core::HealthCensus::Member> members;
    for (const auto& [name, target] : targets_) {
        if (!target->gone) {
            members.push_back({target->key, name, &target->rule->depends_on, target->health});
        }
    }
    world_.census.take(members);
}

void Engine::Impl::add_target(const std::shared_ptr<const RuleSet>& rules, const TargetRule& rule) {
    auto target = std::make_unique<TargetState>(next_key_++, rules, rule, world_.limits);
    target->warm_up_until = world_.now.t + rule.warm_up;
    target_by_key_[target->key] = target.get();
    world_.targets[rule.name] = target.get();
    if (const auto before = farewells_.find(rule.name); before != farewells_.end()) {
        target->last_closed = std::move(before->second);
        farewells_.erase(before);
    }
    TargetState& added = *target;
    targets_.emplace(rule.name, std::move(target));
    listen(added);
}

void Engine::Impl::listen(TargetState& target) {
    for (std::size_t i = 0; i < target.indicators.size(); ++i) {
        const IndicatorRule& indicator = target.rule->indicators[i];
        if (indicator.kind != ValueKind::unit_state) {
            const std::string& source = target.rules->sources[indicator.source].name;
            sources_.find(source)->second->add_listener({&target, i});
        }
    }
}

// The same meaning, compiled anew: everything known of the target stays.
void Engine::Impl::rebind_target(TargetState& target,
                                 const std::shared_ptr<const RuleSet>& rules,
                                 const TargetRule& rule) {
    target.rule = &rule;
    for (std::size_t i = 0; i < target.indicators.size(); ++i) {
        target.indicators[i].rebind(rule.indicators[i]);
    }
    target.rules = rules;
}

// Another meaning: its evidence is gathered anew, plans not yet started are dropped, and it warms
// up. Its incident, its level and an action under way stay.
void Engine::Impl::change_target(TargetState& target,
                                 const std::shared_ptr<const RuleSet>& rules,
                                 const TargetRule& rule) {
    for (const auto& [name, source] : sources_) {
        source->remove_listeners(target);
    }
    ladder(target).drop_plans();
    TargetState fresh{target.key, rules, rule, world_.limits};
    target.gone = false;
    target.rule = fresh.rule;
    target.rules = rules;
    target.indicators = std::move(fresh.indicators);
    target.was_ill.assign(target.indicators.size(), target.incident.has_value());
    target.flapping = fresh.flapping;
    target.condition_since.fill(std::nullopt);
    target.warm_up_until = world_.now.t + rule.warm_up;
    listen(target);
    world_.changed.insert(target.key);
}

void Engine::Impl::remove_gone() {
    world_.any_gone = false;
    std::erase_if(targets_, [&](const auto& entry) {
        TargetState& target = *entry.second;
        if (!target.gone || target.incident) {
            world_.any_gone = world_.any_gone || target.gone;
            return false;
        }
        for (const auto& [name, source] : sources_) {
            source->remove_listeners(target);
        }
        if (target.last_closed && farewells_.size() < max_farewells) {
            farewells_[target.rule->name] = std::move(*target.last_closed);
        }
        target_by_key_.erase(target.key);
        world_.targets.erase(target.rule->name);
        world_.deadlines.forget(target.key);
        std::erase_if(targets_by_unit_,
                      [&](const auto& watched) { return watched.second == &target; });
        return true;
    });
}

// Of a target that means something else now, what was normal is learnt anew.
void Engine::Impl::restore_baselines() {
    for (const BaselineRecord& restored : restored_->baselines) {
        const auto found = targets_.find(restored.target);
        if (found == targets_.end() || found->second->rule->digest != restored.digest) {
            continue;
        }
        for (core::IndicatorState& indicator : found->second->indicators) {
            if (indicator.rule().name == restored.indicator && indicator.baseline() != nullptr) {
                indicator.baseline()->load(restored.state);
            }
        }
    }
}

void Engine::Impl::restore_holds() {
    for (const RestoredHold& restored : restored_->holds) {
        HoldRecord hold = restored.hold;
        const Duration passed = world_.now.t - local(restored.from);
        const Duration length = restored.from.boot_id == restored.until.boot_id
                                    ? restored.until.at.t - restored.from.at.t
                                    : Duration{restored.until.at.wall - restored.from.at.wall};
        hold.until.t = world_.now.t + (length - passed);
        if (hold.until.t > world_.now.t) {
            world_.holds.add(std::move(hold));
        }
    }
}

void Engine::Impl::restore_actions() {
    for (const RestoredAction& restored : restored_->actions) {
        const ActionRecord& action = restored.action;
        std::optional<Instant> ended;
        if (action.dry_run) {
            ended = local(restored.intended);
        } else if (!is_unfinished(restored)) {
            ended = local(restored.ended);
        }
        world_.actions.add(world_.now.t,
                           {action.id,
                            action.incident,
                            action.target,
                            action.level,
                            action.dry_run,
                            action.streak,
                            local(restored.intended),
                            ended});
    }
}

void Engine::Impl::restore_incidents() {
    for (const RestoredIncident& restored : restored_->incidents) {
        if (restored.incident.target.starts_with(source_prefix)) {
            restore_source_incident(restored);
        } else {
            restore_incident(restored);
        }
    }
    for (const RestoredAction& restored : restored_->actions) {
        const bool is_open = is_unfinished(restored) || is_unverified(restored);
        if (is_open && !restored.action.dry_run) {
            restore_flight(restored);
        } else if (is_unfinished(restored)) {
            write_off_dry_run(restored.action.id);
        }
    }
}

void Engine::Impl::restore_incident(const RestoredIncident& restored) {
    const auto found = targets_.find(restored.incident.target);
    if (found == targets_.end()) {
        if (restored.incident.open) {
            close_orphan(restored);
        }
        return;
    }
    TargetState& target = *found->second;
    if (!restored.incident.open) {
        const Instant closed = local(restored.closed);
        if (!target.last_closed || target.last_closed->closed <= closed) {
            target.last_closed = core::ClosedIncident{restored.incident, closed};
        }
        return;
    }
    target.incident = restored.incident;
    target.written = restored.incident;
    if (restored.incident.in_other_hands) {
        world_.units[target.rule->unit].restore_other_hands();
    }
    target.level = restored.incident.level;
    target.was_ill.assign(target.was_ill.size(), true);
    target.rung_entered = world_.now.t;
    world_.ill.insert(target.key);
    world_.emit(LevelChanged{
        target.rule->name, target.incident->id, Level::steady, target.level, "restored"});
    const Instant opened = local(restored.opened);
    for (const RestoredIncident& other : restored_->incidents) {
        const bool recent = !other.incident.open &&
                            other.incident.target == restored.incident.target &&
                            opened - local(other.closed) < target.rule->relapse;
        target.fresh = target.fresh && !recent;
    }
    if (restored.incident.phase == Phase::exhausted) {
        target.phase = Phase::exhausted;
    } else if (restored.incident.phase == Phase::soaking) {
        target.phase = Phase::soaking;
        target.soak_until = world_.now.t + target.rule->soak;
        target.soak_reason =
            restored.incident.helped != Level::steady ? "improved" : "recovered_alone";
    } else {
        target.phase = Phase::waiting;
    }
    target.incident->phase = target.phase;
}

void Engine::Impl::restore_flight(const RestoredAction& restored) {
    const ActionRecord& action = restored.action;
    const auto found = targets_.find(action.target);
    const bool has_home = found != targets_.end() && found->second->incident &&
                          found->second->incident->id == action.incident && !found->second->flight;
    if (!has_home) {
        if (is_unfinished(restored)) {
            orphans_.push_back(action.id);
            world_.emit(SettleAction{action.id});
        } else {
            close_orphan(action.id);
        }
        return;
    }
    TargetState& target = *found->second;
    core::Flight flight;
    flight.record = action;
    flight.rung = target.rung(action.level);
    flight.not_after = local(restored.intended) + flight.rung.max_plan_age;
    if (flight.record.index >= flight.rung.remedies.size()) {
        // The rules have changed since: its remedy is not known any more, its time limits are.
        flight.rung.remedies.resize(flight.record.index + 1);
    }
    ladder(target).resume(std::move(flight), restored.state);
}

// There is nothing left by which a finished action could be verified.
void Engine::Impl::close_orphan(const std::string& action) {
    TransitionRecord record;
    record.action = action;
    record.at = world_.now;
    record.state = ActionState::kept;
    record.reason = "abandoned";
    world_.record(std::move(record));
}

// What a dry-run action would have been judged by was lost with the restart.
void Engine::Impl::write_off_dry_run(const std::string& action) {
    TransitionRecord record;
    record.action = action;
    record.at = world_.now;
    record.state = ActionState::verified;
    record.outcome = Outcome::inconclusive;
    record.reason = "restarted";
    world_.record(std::move(record));
}

void Engine::Impl::close_orphan(const RestoredIncident& restored) {
    IncidentRecord incident = restored.incident;
    incident.open = false;
    incident.closed = incident.updated = world_.now;
    incident.phase = Phase::steady;
    incident.level = Level::steady;
    incident.reason += "; abandoned";
    DecisionRecord decision;
    decision.incident = incident.id;
    decision.target = incident.target;
    decision.at = world_.now;
    decision.kind = DecisionKind::abandoned;
    decision.reason = "abandoned";
    decision.detail = "no longer in the rules";
    world_.record(std::move(incident));
    world_.record(std::move(decision));
}

void Engine::Impl::restore_source_incident(const RestoredIncident& restored) {
    if (!restored.incident.open) {
        return;
    }
    const auto found = sources_.find(restored.incident.target.substr(source_prefix.size()));
    if (found == sources_.end()) {
        close_orphan(restored);
        return;
    }
    SourceState& source = *found->second;
    source.incident = restored.incident;
    if (restored.incident.paged == 0) {
        source.page_at = world_.now.t + source.patience();
        world_.deadlines.arm(source.key, *source.page_at);
    }
}

}  // namespace primum
