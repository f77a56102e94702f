// SPDX-License-Identifier: MIT
#include "daemon/effects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace primum::daemon {

Effects::Effects(const Clock& clock, EffectPorts ports) : clock_(clock), ports_(std::move(ports)) {}

void Effects::restore(const RestoredState& state) {
    for (const auto& known : state.actions) {
        const bool over =
            known.state != ActionState::intended && known.state != ActionState::started;
        if (!over && !known.action.dry_run) {
            unit_of_[known.action.id] = known.action.unit;
        }
    }
}

void Effects::note(const ActionEvent& news) {
    jobs_.note(news, clock_.now().t);
    if (news.phase == ActionPhase::finished ||
        (news.phase == ActionPhase::settled && news.settled_as != SettledAs::running)) {
        unit_of_.erase(news.action);
    }
}

void Effects::attribute(JobEvent& job) {
    job.ours = job.ours || jobs_.ours(job, clock_.now().t);
}

void Effects::carry_out(const Event& event, std::vector<Effect> effects) {
    for (const auto& effect : effects) {
        ports_.notice(effect);
        ports_.count(effect);
    }
    const auto told = limit(effects);
    record(effects);
    for (const auto* effect : told) {
        ports_.tell(*effect);
    }
    for (const auto& effect : effects) {
        std::visit([this](const auto& what) { carry(what); }, effect);
    }
    // An operator always gets an answer, also where the core took nothing.
    const auto* asked = std::get_if<OperatorEvent>(&event.body);
    if (asked != nullptr && effects.size() == 1) {
        if (const auto* rejected = std::get_if<Rejected>(&effects.front())) {
            ports_.reply(OperatorReply{.ticket = asked->ticket,
                                       .accepted = false,
                                       .code = rejected->reason,
                                       .message = rejected->detail});
        }
    }
}

void Effects::record(const std::vector<Effect>& effects) {
    std::vector<Record> batch;
    for (const auto& effect : effects) {
        if (const auto* made = std::get_if<RecordEffect>(&effect)) {
            batch.push_back(made->record);
        }
    }
    if (!batch.empty()) {
        ports_.record(std::move(batch));
    }
}

void Effects::paged_before(std::vector<Instant> at) {
    std::sort(at.begin(), at.end());
    for (const auto when : at) {
        static_cast<void>(pages_.ask(when));
    }
}

// Gives what is to be told; pages over the limit are not.
std::vector<const Effect*> Effects::limit(std::vector<Effect>& effects) {
    std::vector<const Effect*> told;
    told.reserve(effects.size());
    for (auto& effect : effects) {
        auto* page = std::get_if<Notify>(&effect);
        if (page == nullptr || let_pass(*page)) {
            told.push_back(&effect);
        }
    }
    return told;
}

bool Effects::let_pass(Notify& page) {
    const auto held_back = pages_.ask(clock_.now().t);
    if (!held_back) {
        return false;
    }
    if (*held_back > 0) {
        page.text += fmt::format(" ({} more page{} held back since the one before)",
                                 *held_back,
                                 *held_back == 1 ? " was" : "s were");
    }
    ports_.page(page);
    return true;
}

void Effects::carry(const AskPreflight& effect) {
    ports_.ask(effect);
}

void Effects::carry(const AskPointer& effect) {
    ports_.ask_pointer(effect);
}

void Effects::carry(const RunAction& effect) {
    if (stopping_) {
        return;
    }
    const auto off_switch = ports_.off_switch();
    if (off_switch.disabled) {
        ports_.submit(HostEvent{
            .change = HostChange::off_switch, .disabled = true, .detail = off_switch.detail});
        ports_.submit(ActionEvent{.action = effect.action,
                                  .phase = ActionPhase::finished,
                                  .result = ActionResult::failed,
                                  .refusal = Refusal::disabled,
                                  .detail = off_switch.detail});
        return;
    }
    unit_of_[effect.action] = effect.unit;
    jobs_.begin(effect.unit, effect.action);
    ports_.run(effect);
}

void Effects::carry(const SettleAction& effect) {
    if (const auto unit = unit_of_.find(effect.action); unit != unit_of_.end()) {
        jobs_.begin(unit->second, effect.action);
    }
    ports_.settle(effect);
}

void Effects::carry(const RollBack& effect) {
    ports_.roll_back(effect);
}

void Effects::carry(const OperatorReply& effect) {
    ports_.reply(effect);
}

void Effects::carry(const LevelChanged& effect) {
    ports_.level_changed(effect);
}

void Effects::carry(const SeverityChanged& effect) {
    ports_.target_changed(effect.target);
}

// Told by log and metrics.
void Effects::carry(const UnitStarted& /*effect*/) {}

void Effects::carry(const RecordEffect& effect) {
    if (const auto* incident = std::get_if<IncidentRecord>(&effect.record)) {
        ports_.incident_changed(*incident);
    } else if (const auto* hold = std::get_if<HoldRecord>(&effect.record)) {
        ports_.target_changed(hold->target);
    }
}

}  // namespace primum::daemon
