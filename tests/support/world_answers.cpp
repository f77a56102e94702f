// SPDX-License-Identifier: MIT
// What the simulated ledger, actuator and systemd make of the engine's effects.
#include "support/world.hpp"

#include <stdexcept>
#include <utility>
#include <variant>

namespace primum::support {
namespace {

const ActionRecord* real_intent(const Record& record) {
    const auto* action = std::get_if<ActionRecord>(&record);
    return action != nullptr && !action->dry_run ? action : nullptr;
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

// All records of one turn are one batch, as in one transaction.
void World::record(const std::vector<Effect>& effects) {
    std::vector<Record> batch;
    for (const Effect& effect : effects) {
        const auto* recorded = std::get_if<RecordEffect>(&effect);
        if (recorded == nullptr) {
            continue;
        }
        const bool taken = commits_ == Commits::at_once && ledger_healthy_;
        const ActionRecord* intent = real_intent(recorded->record);
        if (intent != nullptr) {
            commit(intent->id);
        }
        if (intent == nullptr || taken || commits_ == Commits::never) {
            batch.push_back(recorded->record);
        }
    }
    if (!batch.empty()) {
        durable_.add(std::move(batch));
    }
}

void World::commit(const std::string& action) {
    if (commits_ == Commits::never) {
        uncommitted_.push_back(action);
        return;
    }
    const bool taken = commits_ == Commits::at_once && ledger_healthy_;
    later(Duration{0}, [this, action, taken] {
        send(LedgerEvent{
            taken ? LedgerNews::committed : LedgerNews::failed, action, taken ? "" : "disk full"});
    });
}

void World::answer(const Effect& effect) {
    if (const auto* request = std::get_if<AskPreflight>(&effect)) {
        preflight(*request);
    } else if (const auto* action = std::get_if<RunAction>(&effect)) {
        run(*action);
    } else if (const auto* question = std::get_if<SettleAction>(&effect)) {
        settle(question->action);
    } else if (const auto* back = std::get_if<RollBack>(&effect)) {
        roll_back(back->action);
    } else if (const auto* where = std::get_if<AskPointer>(&effect)) {
        tell_pointer(where->provider);
    }
}

void World::preflight(const AskPreflight& request) {
    PreflightAnswer how;
    if (const auto* rule = latest_for(preflights, request.target, request.level)) {
        how = *rule;
    }
    if (how.silent) {
        return;
    }
    PreflightEvent answer;
    answer.ticket = request.ticket;
    answer.answer = how.answer;
    answer.code = how.code;
    answer.blast_radius = how.blast_radius;
    later(how.after, [this, request, answer]() mutable {
        answer_failover(request, answer);
        send(answer);
        if (stutters) {
            send(answer);
        }
    });
}

RemedyKind World::kind_of(const RunAction& request) const {
    for (const TargetRule& target : rules_->targets) {
        const auto& remedies = target.rungs[index_of(request.level)].remedies;
        if (target.name == request.target && request.index < remedies.size()) {
            return remedies[request.index].kind;
        }
    }
    throw std::runtime_error("an action that is not in the rules: " + request.action);
}

void World::run(const RunAction& request) {
    last_action_ = request.action;
    if (runs_.contains(request.action) || tombstones_.contains(request.action)) {
        throw std::runtime_error("an action is run again: " + request.action);
    }
    ActionCourse course;
    if (const auto* rule = latest_for(courses, request.target, request.level)) {
        course = *rule;
    }
    if (course.course == Course::refused) {
        tombstones_.insert(request.action);
        later(Duration{0}, [this, id = request.action, why = course.refusal] {
            tell(id, ActionPhase::finished, ActionResult::failed, why);
        });
        return;
    }
    runs_[request.action] = Run{request, std::nullopt, true};
    const RemedyKind kind = kind_of(request);
    later(Duration{0}, [this, id = request.action, course] {
        if (course.course != Course::mute) {
            tell(id, ActionPhase::started, ActionResult::none, Refusal::none);
        }
    });
    on_host(Duration{0}, [this, id = request.action, course, kind] { work(id, course, kind); });
}

// The job begins, and ends some time later whether or not primumd still runs.
void World::work(const std::string& action, const ActionCourse& course, RemedyKind kind) {
    const RunAction& request = runs_.at(action).request;
    const std::uint32_t job = next_job_++;
    new_job(request.unit, job, std::string{name_of(kind)}, true);
    UnitEvent state = unit(request.unit);
    if (kind == RemedyKind::restart && course.course != Course::silent) {
        state.active_state = state.active_state == "active" ? "deactivating" : "activating";
        state.sub_state = state.active_state == "deactivating" ? "stop-sigterm" : "start";
        state.invocation_id = next_invocation();
        set_unit(std::move(state));
    }
    if (course.course == Course::silent) {
        return;
    }
    on_host(course.takes, [this, action, course, kind, job] {
        const RunAction& ended = runs_.at(action).request;
        const bool done = course.course == Course::done || course.course == Course::mute;
        if (done) {
            fail_over(ended);
        }
        leave_unit(ended, done, kind);
        end_job(ended.unit, job, done ? "done" : "failed");
        finish(action, course);
    });
}

void World::finish(const std::string& action, const ActionCourse& course) {
    Run& run = runs_.at(action);
    const bool done = course.course == Course::done || course.course == Course::mute;
    run.ended = done                                 ? ActionResult::done
                : course.course == Course::ambiguous ? ActionResult::ambiguous
                                                     : ActionResult::failed;
    if (course.course != Course::mute && run.reattached) {
        tell(action, ActionPhase::finished, *run.ended, Refusal::none);
    }
}

// How the unit is once the job has ended.
void World::leave_unit(const RunAction& request, bool done, RemedyKind kind) {
    bool cured = false;
    if (done) {
        for (const Harm& harm : harms) {
            if (harm.scope.covers(request.target, request.level)) {
                harmed_[request.action].insert(harm.series.begin(), harm.series.end());
            }
        }
    }
    for (const Cure& cure : cures) {
        if (done && cure.unit == request.unit && cure.level == request.level) {
            cured = true;
            cured_.insert(cure.series.begin(), cure.series.end());
        }
    }
    if (kind != RemedyKind::restart) {
        return;
    }
    UnitEvent state = unit(request.unit);
    const bool was_up = state.active_state == "deactivating" || state.active_state == "active";
    const bool comes_up = done && (was_up || cured);
    state.active_state = comes_up ? "active" : "failed";
    state.sub_state = comes_up ? "running" : "failed";
    state.result = comes_up ? "success" : "exit-code";
    set_unit(std::move(state));
}

void World::settle(const std::string& action) {
    const auto known = runs_.find(action);
    ActionEvent answer;
    answer.action = action;
    answer.phase = ActionPhase::settled;
    if (known == runs_.end()) {
        tombstones_.insert(action);
    } else {
        answer.settled_as = settled_as(known->second.ended);
        known->second.reattached = true;
    }
    later(Duration{0}, [this, answer] { send(answer); });
}

// A way back is taken once; asked again, the actuator says again how it ended.
void World::roll_back(const std::string& action) {
    const auto known = runs_.find(action);
    UndoCourse how;
    if (known != runs_.end()) {
        const RunAction& request = known->second.request;
        if (const auto* rule = latest_for(undos, request.target, request.level)) {
            how = *rule;
        }
    } else {
        how.course = BackCourse::failed;
        how.refusal = Refusal::unknown_action;
    }
    on_host(how.takes, [this, action, how, run = run_] {
        UndoCourse end = how;
        if (end.course == BackCourse::done && !point_back(action)) {
            end.course = BackCourse::failed;
            end.refusal = Refusal::conflict;
        }
        const bool done = end.course == BackCourse::done;
        if (done) {
            harmed_.erase(action);
        }
        if (end.course != BackCourse::silent && run == run_) {
            tell(action,
                 done ? ActionPhase::rolled_back : ActionPhase::rollback_failed,
                 ActionResult::none,
                 end.refusal);
        }
    });
}

void World::tell(const std::string& action,
                 ActionPhase phase,
                 ActionResult result,
                 Refusal refusal) {
    ActionEvent news;
    news.action = action;
    news.phase = phase;
    news.result = result;
    news.refusal = refusal;
    send(news);
    if (stutters) {
        send(news);
    }
}

}  // namespace primum::support
