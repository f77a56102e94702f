// SPDX-License-Identifier: MIT
// What the simulated actuator, and through it systemd and the targets, make of the engine's
// effects.
#include "replay/sim_world.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <variant>

namespace primum::replay {
namespace {

constexpr std::uint64_t draw_answers = 4;
constexpr std::uint64_t draw_courses = 5;
constexpr std::uint64_t draw_effects = 6;
constexpr std::uint64_t draw_backs = 7;

constexpr Duration millisecond = std::chrono::milliseconds{1};
constexpr Duration second = std::chrono::seconds{1};

std::uint64_t sequence_of(std::string_view action) {
    const std::size_t dash = action.rfind('-');
    std::uint64_t sequence = 0;
    if (dash != std::string_view::npos) {
        std::from_chars(action.data() + dash + 1, action.data() + action.size(), sequence);
    }
    return sequence;
}

// Whether its unit is started anew for it.
bool restarts(RemedyKind kind) {
    return kind == RemedyKind::restart || kind == RemedyKind::config_fallback;
}

bool queues_a_job(RemedyKind kind) {
    return restarts(kind) || kind == RemedyKind::reload || kind == RemedyKind::failover;
}

SettledAs settled_as(std::optional<ActionResult> ended) {
    if (!ended) {
        return SettledAs::running;
    }
    switch (*ended) {
        case ActionResult::done:
            return SettledAs::done;
        case ActionResult::ambiguous:
            return SettledAs::ambiguous;
        default:
            return SettledAs::failed;
    }
}

}  // namespace

void SimWorld::answer(const Effect& effect) {
    if (const auto* request = std::get_if<AskPreflight>(&effect)) {
        preflight(*request);
    } else if (const auto* action = std::get_if<RunAction>(&effect)) {
        run(*action);
    } else if (const auto* question = std::get_if<SettleAction>(&effect)) {
        add_for_primumd(Due::settled, millisecond, 0, sequence_of(question->action));
    } else if (const auto* back = std::get_if<RollBack>(&effect)) {
        const std::uint64_t sequence = sequence_of(back->action);
        SimRng rng = SimRng::of(seed_, draw_backs, sequence);
        if (way_back_ != SimBack::silent) {
            add(Due::rolled_back, rng.between(1, 20) * second / 10, 0, sequence);
        }
    } else if (const auto* where = std::get_if<AskPointer>(&effect)) {
        ask_pointer(*where);
    }
}

void SimWorld::preflight(const AskPreflight& request) {
    SimRng rng = SimRng::of(seed_, draw_answers, next_ticket_++);
    if (answers_ == SimAnswer::silent) {
        return;
    }
    PreflightEvent ready;
    ready.ticket = request.ticket;
    ready.answer = Preflight::can;
    const auto target = target_index(request.target);
    const Unit* unit = nullptr;
    if (target && patients_[*target].unit) {
        unit = &units_[*patients_[*target].unit];
    }
    const auto say = [&](Preflight verdict, Refusal code) {
        ready.answer = verdict;
        ready.code = code;
    };
    if (answers_ == SimAnswer::not_now) {
        say(Preflight::not_now, rng.pick({Refusal::foreign_job, Refusal::budget, Refusal::bus}));
    } else if (answers_ == SimAnswer::cannot) {
        say(Preflight::cannot, rng.pick({Refusal::masked, Refusal::protected_unit}));
    } else if (answers_ == SimAnswer::wide) {
        ready.blast_radius = {"another.service", "a-third.service"};
    } else if (off_) {
        say(Preflight::not_now, Refusal::disabled);
    } else if (unit != nullptr && unit->stopped_by_person) {
        say(Preflight::not_now, Refusal::stopped_by_person);
    } else if (unit != nullptr && unit->job != 0) {
        say(Preflight::not_now, Refusal::foreign_job);
    }
    look_at_pointer(request, ready);
    std::uint32_t slot = static_cast<std::uint32_t>(slots_.size());
    if (free_slots_.empty()) {
        slots_.emplace_back();
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
    }
    slots_[slot] = std::move(ready);
    // The world's own time, so that the slot is given back even when nobody waits for it.
    add(Due::preflight, rng.between(1, 300) * millisecond, slot);
}

void SimWorld::run(const RunAction& request) {
    const std::uint64_t sequence = sequence_of(request.action);
    const auto target = target_index(request.target);
    if (!target || actions_.contains(sequence)) {
        return;  // an observer has seen it, and says so
    }
    SimRng rng = SimRng::of(seed_, draw_courses, sequence);
    Action action;
    action.request = request;
    action.target = *target;
    action.course = course_;
    action.boot = boot_;
    action.at = elapsed_;
    action.takes = rng.one_in(4) ? rng.between(1, 40) * second : rng.between(1, 900) * millisecond;
    const auto& remedies = rules_->targets[*target].rungs[index_of(request.level)].remedies;
    if (request.index < remedies.size()) {
        action.kind = remedies[request.index].kind;
    }
    const auto unit = patients_[*target].unit;
    const bool in_the_way = unit && units_[*unit].job != 0 && queues_a_job(action.kind);
    const bool refused = action.course == SimCourse::refused || in_the_way || off_;
    if (refused) {
        action.course = SimCourse::refused;
        action.ended = ActionResult::failed;
    }
    actions_.emplace(sequence, std::move(action));
    add(Due::action_begins, millisecond, 0, sequence);
}

void SimWorld::begin(std::uint64_t sequence) {
    const Action& action = actions_.at(sequence);
    if (action.course == SimCourse::refused) {
        return tell(sequence,
                    ActionPhase::finished,
                    ActionResult::failed,
                    off_ ? Refusal::disabled : Refusal::foreign_job);
    }
    if (action.boot != boot_) {
        return;
    }
    const auto unit = patients_[action.target].unit;
    const RemedyKind kind = action.kind;
    const SimCourse course = action.course;
    const Duration takes = action.takes;
    if (unit && queues_a_job(kind) && units_[*unit].job == 0) {
        begin_job(*unit, restarts(kind) ? "restart" : "reload", true);
        actions_.at(sequence).job = units_[*unit].job;
        if (restarts(kind)) {
            set_unit(*unit, "deactivating", "stop-sigterm", "success");
        }
    }
    if (course != SimCourse::mute) {
        tell(sequence, ActionPhase::started, ActionResult::none, Refusal::none);
    }
    add(Due::action_ends, takes, 0, sequence);
}

void SimWorld::finish(std::uint64_t sequence) {
    const auto found = actions_.find(sequence);
    if (found == actions_.end() || found->second.boot != boot_) {
        return;
    }
    Action& action = found->second;
    const bool done = action.course == SimCourse::done || action.course == SimCourse::mute ||
                      action.course == SimCourse::silent;
    action.ended = done                                    ? ActionResult::done
                   : action.course == SimCourse::ambiguous ? ActionResult::ambiguous
                                                           : ActionResult::failed;
    const std::uint32_t target = action.target;
    if (done) {
        move_pointer(action);
    }
    const SimEffect effect = patients_[target].remedies[index_of(action.request.level)];
    const bool cures = done && effect == SimEffect::helps &&
                       (patients_[target].cured_by & bit_of(action.request.level)) != 0;
    const auto unit = patients_[target].unit;
    SimRng rng = SimRng::of(seed_, draw_effects, sequence);
    if (cures && (patients_[target].down || rng.one_in(2))) {
        heal(target);
    } else if (cures || (done && effect == SimEffect::harms)) {
        add(Due::effect, rng.between(1, 50) * second / 10, 0, sequence);
    }
    if (unit && action.job != 0 && units_[*unit].job == action.job) {
        const RemedyKind kind = action.kind;
        if (restarts(kind)) {
            units_[*unit].stopped_by_person = false;
            run_unit(*unit);
        }
        end_job(*unit, done ? "done" : "failed");
    }
    const Action& ended = actions_.at(sequence);
    if (ended.course != SimCourse::mute && ended.course != SimCourse::silent && ended.attached) {
        tell(sequence, ActionPhase::finished, *ended.ended, Refusal::none);
    }
}

void SimWorld::take_effect(std::uint64_t sequence) {
    const auto found = actions_.find(sequence);
    if (found == actions_.end()) {
        return;
    }
    Action& action = found->second;
    const std::uint32_t target = action.target;
    if (patients_[target].remedies[index_of(action.request.level)] != SimEffect::harms) {
        return heal(target);
    }
    action.harmed = true;
    action.ill_before = patients_[target].ill;
    action.down_before = patients_[target].down;
    worsen(target, true);
}

void SimWorld::settle(std::uint64_t sequence) {
    ActionEvent news;
    news.action = action_id(sequence);
    news.phase = ActionPhase::settled;
    if (const auto found = actions_.find(sequence); found != actions_.end()) {
        news.settled_as = settled_as(found->second.ended);
        found->second.attached = true;
    } else {
        Action tombstone;
        tombstone.ended = ActionResult::failed;
        tombstone.course = SimCourse::refused;
        tombstone.at = elapsed_;
        actions_.emplace(sequence, std::move(tombstone));
    }
    send(std::move(news));
}

void SimWorld::roll_back(std::uint64_t sequence) {
    if (way_back_ != SimBack::rolled_back) {
        return tell(sequence, ActionPhase::rollback_failed, ActionResult::none, Refusal::storage);
    }
    const auto found = actions_.find(sequence);
    if (found != actions_.end() && !move_pointer_back(found->second)) {
        return tell(sequence, ActionPhase::rollback_failed, ActionResult::none, Refusal::conflict);
    }
    if (found != actions_.end() && found->second.harmed) {
        Action& action = found->second;
        action.harmed = false;
        Patient& patient = patients_[action.target];
        ++patient.generation;
        patient.ill = action.ill_before;
        patient.down = action.down_before;
        if (patient.unit && !patient.down && units_[*patient.unit].job == 0 &&
            units_[*patient.unit].state.active_state == "failed") {
            const std::uint32_t unit = *patient.unit;
            begin_job(unit, "start", true);
            run_unit(unit);
            end_job(unit, "done");
        }
    }
    tell(sequence, ActionPhase::rolled_back, ActionResult::none, Refusal::none);
}

void SimWorld::tell(std::uint64_t sequence,
                    ActionPhase phase,
                    ActionResult result,
                    Refusal refusal) {
    ActionEvent news;
    news.action = action_id(sequence);
    news.phase = phase;
    news.result = result;
    news.refusal = refusal;
    send(std::move(news));
}

}  // namespace primum::replay
