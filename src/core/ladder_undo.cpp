// SPDX-License-Identifier: MIT
// The way back of an action: after `worse` or `unchanged`, or because a person asks. No guard is
// asked: a rollback is never blocked.
#include "core/ladder.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"
#include "core/way_back.hpp"

#include <primum/check.hpp>

#include <utility>

namespace primum::core {

void Ladder::begin_undo(const std::string& reason, const std::string& detail) {
    go(Trigger::undo);
    decide(DecisionKind::rolling_back, reason, detail);
    ask_undo_again(reason, detail);
}

// The actuator takes a stored way back once, however often it is asked to.
void Ladder::ask_undo_again(const std::string& reason, const std::string& detail) {
    Flight& flight = *target_.flight;
    flight.undo_reason = reason;
    flight.back_detail = detail;
    flight.undone_by = world_.now.t + flight.remedy().timeout + answer_margin;
    world_.emit(RollBack{flight.record.id});
}

bool Ladder::step_rolling_back() {
    if (world_.now.t < target_.flight->undone_by) {
        need_at(target_.flight->undone_by);
        return false;
    }
    remember_late(world_, asked_back_of(*target_.flight, {}, world_.now.t));
    end_undo(false, "no answer within its timeout");
    return true;
}

void Ladder::on_undone(const ActionEvent& news) {
    if (news.phase == ActionPhase::rolled_back) {
        end_undo(true, news.detail);
    } else if (news.phase == ActionPhase::rollback_failed) {
        end_undo(false, undo_failure(news));
    }
}

void Ladder::end_undo(bool undone, const std::string& detail) {
    const std::string reason = target_.flight->undo_reason;
    const std::string why = target_.flight->back_detail;
    const ActionRecord& record = target_.flight->record;
    const Level level = record.level;
    const std::string id = record.id;
    const std::string conflict = target_.flight->facts.conflict;
    transition(undone ? ActionState::rolled_back : ActionState::rollback_failed, reason, detail);
    decide(undone ? DecisionKind::rolled_back : DecisionKind::rollback_failed, reason, detail);
    note_way_back(world_, id, undone, false);
    end_flight();
    if (!undone) {
        mark_spent(level, DecisionKind::spent, "rollback_failed", detail);
        page(PageKind::rollback_failed, reason, undo_failure_text(id, detail, conflict));
        exhaust(Trigger::not_undone, "rollback_failed", "what an action left behind is not undone");
        return;
    }
    go(Trigger::undone);
    if (reason != name_of(Outcome::unchanged)) {
        mark_spent(level, DecisionKind::spent, reason, why);
    }
}

std::string Ladder::ask_undo(const std::string& reason) {
    const std::string& id = target_.flight->record.id;
    switch (target_.phase) {
        case Phase::intending:
        case Phase::running:
            target_.flight->back_wanted = true;
            target_.flight->back_detail = reason;
            return "action " + id + " is rolled back as soon as it has finished";
        case Phase::rolling_back:
            return "action " + id + " is being rolled back already";
        default:
            begin_undo("operator", reason);
            world_.changed.insert(target_.key);
            return "action " + id + " is being rolled back; its verification has ended";
    }
}

void Ladder::resume(Flight flight, ActionState state, const std::string& undoing) {
    const std::string id = flight.record.id;
    world_.flying[id] = target_.key;
    ++world_.flights.real;
    flight.answer_by = world_.now.t + flight.remedy().timeout + answer_margin;
    target_.flight = std::move(flight);
    if (state == ActionState::intended || state == ActionState::started) {
        begin_in(Phase::running);
        world_.emit(SettleAction{id});
    } else if (!undoing.empty()) {
        begin_in(Phase::rolling_back);
        ask_undo_again(undoing, {});
    } else {
        begin_in(Phase::settling);
        begin_settling();
    }
}

}  // namespace primum::core
