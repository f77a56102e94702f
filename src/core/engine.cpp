// SPDX-License-Identifier: MIT
#include "core/engine_impl.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"
#include "core/way_back.hpp"

#include <primum/check.hpp>
#include <primum/engine.hpp>

#include <algorithm>
#include <utility>

namespace primum {

using core::Ladder;
using core::Listener;

Engine::Engine(EngineLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

std::vector<Effect> Engine::advance(const Event& event) {
    return impl_->advance(event);
}
std::optional<Instant> Engine::next_deadline() const {
    return impl_->next_deadline();
}
HostView Engine::host() const {
    return impl_->host();
}
std::vector<TargetSummary> Engine::targets() const {
    return impl_->targets();
}
std::vector<SourceView> Engine::sources() const {
    return impl_->sources();
}
std::vector<ProviderView> Engine::providers() const {
    return impl_->providers();
}
std::vector<IncidentRecord> Engine::open_incidents() const {
    return impl_->open_incidents();
}
std::optional<IncidentRecord> Engine::open_incident(std::uint64_t id) const {
    return impl_->open_incident(id);
}
std::vector<PrecisionRecord> Engine::precision() const {
    return impl_->precision();
}
std::optional<TargetSummary> Engine::target(std::string_view name) const {
    return impl_->target(name);
}
std::optional<Explanation> Engine::explain(std::string_view name) const {
    return impl_->explain(name);
}

// What was due before the event comes before it, so that it does not matter whether a tick came in
// between.
std::vector<Effect> Engine::Impl::advance(const Event& event) {
    world_.effects.clear();
    if (take_beginning(event)) {
        return std::exchange(world_.effects, {});
    }
    world_.now = event.at;
    run_due();
    look_at_changed();
    std::visit([this](const auto& body) { take(body); }, event.body);
    look_at_changed();
    if (world_.any_gone) {
        remove_gone();
    }
    return std::exchange(world_.effects, {});
}

// What may not be taken, and an engine that goes on: it is as if nothing had happened in between.
bool Engine::Impl::take_beginning(const Event& event) {
    if (started_ && event.at.t < world_.now.t) {
        reject("time_went_back", std::to_string(to_us(world_.now.t) - to_us(event.at.t)) + " us");
        return true;
    }
    const auto* restore = std::get_if<RestoreEvent>(&event.body);
    const auto* rules = std::get_if<RulesEvent>(&event.body);
    if (restore != nullptr ? started_ : !started_) {
        reject(restore != nullptr ? "restored_already" : "no_restore");
        return true;
    }
    if (restore == nullptr && rules == nullptr && (world_.rules == nullptr || awaits_rules_)) {
        reject("no_rules");
        return true;
    }
    if (restore != nullptr && !restore->state.engine.empty()) {
        std::string why;
        if (!load(restore->state.engine, why)) {
            reject("engine_state", why);
        }
        return true;
    }
    if (rules != nullptr && std::exchange(awaits_rules_, false)) {
        PRIMUM_CHECK(rules->compiled != nullptr);
        return goes_on_with(rules->compiled);
    }
    return false;
}

void Engine::Impl::reject(std::string reason, std::string detail) {
    world_.emit(Rejected{std::move(reason), std::move(detail)});
}

void Engine::Impl::run_due() {
    while (const auto key = world_.deadlines.take_due(world_.now.t)) {
        if (*key == world_.own_key) {
            core::expire_asked_back(world_);
        } else if (const auto target = target_by_key_.find(*key); target != target_by_key_.end()) {
            wake_target(*target->second);
        } else if (const auto source = source_by_key_.find(*key); source != source_by_key_.end()) {
            wake_source(*source->second);
        } else if (const auto provider = provider_by_key_.find(*key);
                   provider != provider_by_key_.end()) {
            wake_provider(*provider->second);
        }
    }
}

// In the order of the keys, so that the order in which things changed decides nothing.
void Engine::Impl::look_at_changed() {
    while (true) {
        auto& changed =
            world_.changed_providers.empty() ? world_.changed : world_.changed_providers;
        if (changed.empty()) {
            return;
        }
        const auto key = *changed.begin();
        changed.erase(changed.begin());
        if (const auto target = target_by_key_.find(key); target != target_by_key_.end()) {
            ladder(*target->second).reconsider();
        } else if (const auto provider = provider_by_key_.find(key);
                   provider != provider_by_key_.end()) {
            core::look_at_provider(world_, *provider->second);
        }
    }
}

void Engine::Impl::wake_target(TargetState& target) {
    for (std::size_t i = 0; i < target.indicators.size(); ++i) {
        core::IndicatorState& indicator = target.indicators[i];
        if (indicator.take_lesson(world_.now.t)) {
            record_baseline(target, indicator);
        }
        if (const auto again = indicator.look(world_.now.t)) {
            world_.deadlines.arm(target.key, *again);
        }
        note_severity({&target, i});
    }
    if (target.incident) {
        world_.changed.insert(target.key);
    }
}

void Engine::Impl::note_severity(const Listener& listener) {
    core::IndicatorState& indicator = listener.state();
    if (const auto look = indicator.next_look(world_.now.t)) {
        world_.deadlines.arm(listener.key(), *look);
    }
    const auto before = indicator.take_news();
    if (listener.provider != nullptr) {
        if (before) {
            world_.changed_providers.insert(listener.key());
        }
        return;
    }
    if (!before) {
        if (indicator.trend().turned() && listener.target->incident) {
            world_.changed.insert(listener.target->key);
        }
        return;
    }
    world_.emit(SeverityChanged{listener.target->rule->name,
                                indicator.rule().name,
                                *before,
                                indicator.severity(),
                                indicator.evidence().value});
    world_.changed.insert(listener.target->key);
}

void Engine::Impl::record_baseline(const TargetState& target, core::IndicatorState& indicator) {
    BaselineRecord record;
    record.target = target.rule->name;
    record.indicator = indicator.rule().name;
    record.digest = target.rule->digest;
    record.samples = indicator.baseline()->samples();
    record.state = indicator.baseline()->save();
    record.at = world_.now;
    world_.record(std::move(record));
}

void Engine::Impl::take(const UnitEvent& event) {
    const auto started_by = world_.units[event.unit].take(world_.now.t, event);
    if (started_by && targets_by_unit_.contains(event.unit)) {
        world_.emit(UnitStarted{event.unit, *started_by, "invocation " + event.invocation_id});
    }
    unit_changed(event.unit);
}

void Engine::Impl::take(const JobEvent& event) {
    world_.units[event.unit].take(world_.now.t, event);
    unit_changed(event.unit);
}

void Engine::Impl::unit_changed(const std::string& unit) {
    const auto [begin, end] = targets_by_unit_.equal_range(unit);
    for (auto each = begin; each != end; ++each) {
        judge_unit(*each->second);
        if (each->second->incident) {
            world_.changed.insert(each->second->key);
        }
    }
}

void Engine::Impl::judge_unit(TargetState& target) {
    const auto unit = world_.units.find(target.rule->unit);
    if (unit == world_.units.end()) {
        return;
    }
    const core::UnitHealth health = unit->second.health();
    for (std::size_t i = 0; i < target.indicators.size(); ++i) {
        core::IndicatorState& indicator = target.indicators[i];
        if (indicator.rule().kind != ValueKind::unit_state) {
            continue;
        }
        indicator.judge_unit(world_.now.t, health.severity, health.words, health.why);
        if (const auto again = indicator.settle_unit(world_.now.t)) {
            world_.deadlines.arm(target.key, *again);
        }
        note_severity({&target, i});
    }
}

// It is not known what the change is for: like somebody's restart it is given its time.
void Engine::Impl::take(const FileEvent& event) {
    const auto found = targets_.find(event.target);
    if (found == targets_.end()) {
        reject("unknown_target", event.target);
        return;
    }
    found->second->edited = core::Edit{event.path, world_.now.t};
}

void Engine::Impl::take(const SlotEvent& event) {
    reject("not_available", "slot " + std::to_string(event.ticket));
}

void Engine::Impl::take(const TickEvent& /*event*/) {}

void Engine::Impl::take(const HostEvent& event) {
    if (event.change == HostChange::off_switch) {
        world_.disabled = event.disabled;
        world_.disabled_by = event.detail;
        world_.look_at_all_ill();
        return;
    }
    if (event.change == HostChange::busy) {
        world_.busy = !event.busy ? "" : event.detail.empty() ? "something" : event.detail;
        world_.look_at_all_ill();
        return;
    }
    warm_up_all();
}

void Engine::Impl::warm_up_all() {
    for (const auto& [name, target] : targets_) {
        target->warm_up_until =
            std::max(target->warm_up_until, world_.now.t + target->rule->warm_up);
    }
    world_.look_at_all_ill();
}

void Engine::Impl::take(const PreflightEvent& event) {
    for (const auto key : world_.ill) {
        TargetState& target = *target_by_key_.at(key);
        if ((target.asking && target.asking->ticket == event.ticket) ||
            (target.forcing && target.forcing->asking.ticket == event.ticket)) {
            ladder(target).on_preflight(event);
            world_.changed.insert(key);
            return;
        }
    }
}

Engine::Impl::TargetState* Engine::Impl::flying_target(const std::string& action) {
    const auto flying = world_.flying.find(action);
    return flying == world_.flying.end() ? nullptr : target_by_key_.at(flying->second);
}

void Engine::Impl::take(const ActionEvent& event) {
    if (TargetState* target = flying_target(event.action)) {
        ladder(*target).on_action(event);
        world_.changed.insert(target->key);
        return;
    }
    if (core::take_undo_answer(world_, event)) {
        return;
    }
    const auto orphan = std::find(orphans_.begin(), orphans_.end(), event.action);
    const bool late = world_.in_doubt.contains(event.action);
    if (orphan == orphans_.end() && !late) {
        if (world_.late_back.contains(event.action)) {
            return;  // whether it was undone comes after this
        }
        reject("unknown_action", event.action);
        return;
    }
    if (event.phase != ActionPhase::finished && event.phase != ActionPhase::settled) {
        return;
    }
    TransitionRecord record;
    record.action = event.action;
    record.at = world_.now;
    record.state = ActionState::finished;
    record.result = event.phase == ActionPhase::settled
                        ? (event.settled_as == SettledAs::done        ? ActionResult::done
                           : event.settled_as == SettledAs::ambiguous ? ActionResult::ambiguous
                                                                      : ActionResult::failed)
                        : event.result;
    record.reason = late ? "late" : "abandoned";
    record.detail = event.detail;
    record.took = event.took;
    record.facts = event.facts;
    if (late) {  // the outcome stays ambiguous; what came is only told
        world_.in_doubt.erase(event.action);
        record.result = ActionResult::ambiguous;
        record.detail =
            "reported later: " + std::string{name_of(event.result)} + ' ' + event.detail;
    } else {
        orphans_.erase(orphan);
    }
    world_.record(std::move(record));
}

void Engine::Impl::take(const LedgerEvent& event) {
    if (event.news == LedgerNews::healthy || event.news == LedgerNews::unhealthy) {
        world_.ledger_healthy = event.news == LedgerNews::healthy;
        world_.ledger_detail = event.detail;
        world_.look_at_all_ill();
        return;
    }
    if (TargetState* target = flying_target(event.action)) {
        ladder(*target).on_intent(event.news == LedgerNews::committed, event.detail);
        world_.changed.insert(target->key);
    }
}

}  // namespace primum
