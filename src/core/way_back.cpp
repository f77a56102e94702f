// SPDX-License-Identifier: MIT
#include "core/way_back.hpp"

#include "core/failback.hpp"
#include "core/provider_book.hpp"

#include <primum/check.hpp>

#include <utility>

namespace primum::core {
namespace {

void decide(World& world, const AskedBack& asked, DecisionKind kind, const std::string& detail) {
    if (asked.incident == 0) {
        return;
    }
    DecisionRecord decision;
    decision.incident = asked.incident;
    decision.target = asked.target;
    decision.at = world.now;
    decision.kind = kind;
    decision.level = asked.level;
    decision.reason = asked.code;
    decision.detail = detail;
    decision.action = asked.action;
    if (kind == DecisionKind::rolling_back) {
        decision.guards = asked.guards;
    }
    world.record(std::move(decision));
}

// The ledger takes transitions only of actions that it surely still has.
void record_end(World& world,
                const AskedBack& asked,
                bool undone,
                const std::string& reason,
                const ActionEvent& news) {
    const std::string detail = undone ? news.detail : undo_failure(news);
    if (asked.incident != 0) {
        TransitionRecord record;
        record.action = asked.action;
        record.at = world.now;
        record.state = undone ? ActionState::rolled_back : ActionState::rollback_failed;
        record.reason = reason;
        record.detail = detail;
        record.facts = news.facts;
        world.record(std::move(record));
        return;
    }
    OperatorRecord record;
    record.at = world.now;
    record.verb = name_of(OperatorVerb::rollback);
    record.uid = asked.uid;
    record.reason = asked.reason;
    record.accepted = undone;
    record.message = "action " + asked.action +
                     (undone ? " is rolled back" : " is not rolled back") +
                     (detail.empty() ? "" : ": " + detail);
    world.record(std::move(record));
}

// Once while the incident is open. Of one that is closed, too: who asked was told only that it is
// under way, and a failback is not tried again by itself.
void page(World& world, const AskedBack& asked, const ActionEvent& news) {
    const auto found = world.targets.find(asked.target);
    const bool is_open = found != world.targets.end() && found->second->incident &&
                         found->second->incident->id == asked.incident;
    constexpr auto bit = 1U << static_cast<unsigned>(PageKind::rollback_failed);
    if (is_open ? (found->second->incident->paged & bit) != 0 : asked.incident == 0) {
        return;
    }
    if (is_open) {
        found->second->incident->paged |= bit;
        world.changed.insert(found->second->key);
    }
    world.emit(Notify{PageKind::rollback_failed,
                      asked.incident,
                      asked.target,
                      asked.level,
                      asked.code,
                      undo_failure_text(asked.action, undo_failure(news), news.facts.conflict)});
}

void end(World& world, const AskedBack& asked, bool undone, const ActionEvent& news) {
    PRIMUM_CHECK(world.flights.real > 0);
    --world.flights.real;
    const std::string detail = undone ? news.detail : undo_failure(news);
    record_end(world, asked, undone, asked.code, news);
    decide(
        world, asked, undone ? DecisionKind::rolled_back : DecisionKind::rollback_failed, detail);
    if (!undone) {
        page(world, asked, news);
    }
    world.actions.end(failback_id(asked.action), world.now.t);
    note_way_back(world, asked.action, undone, asked.code == failback_code);
    world.look_at_all_ill();
}

}  // namespace

AskedBack asked_back_of(const Flight& flight, const std::string& reason, Instant now) {
    AskedBack asked;
    asked.action = flight.record.id;
    asked.incident = flight.record.incident;
    asked.target = flight.record.target;
    asked.level = flight.record.level;
    asked.reason = reason;
    asked.answer_by = now + undo_patience;
    return asked;
}

void ask_back(World& world, AskedBack asked) {
    ++world.flights.real;
    decide(world, asked, DecisionKind::rolling_back, asked.reason);
    world.emit(RollBack{asked.action});
    world.deadlines.arm(world.own_key, asked.answer_by);
    world.late_back.erase(asked.action);
    world.asked_back[asked.action] = std::move(asked);
}

void remember_late(World& world, AskedBack asked) {
    if (world.late_back.size() < max_asked_back) {
        world.late_back[asked.action] = std::move(asked);
    }
}

bool take_undo_answer(World& world, const ActionEvent& news) {
    if (news.phase != ActionPhase::rolled_back && news.phase != ActionPhase::rollback_failed) {
        return false;
    }
    const bool undone = news.phase == ActionPhase::rolled_back;
    if (auto found = world.asked_back.extract(news.action)) {
        end(world, found.mapped(), undone, news);
        return true;
    }
    if (auto found = world.late_back.extract(news.action)) {
        if (!undone && found.mapped().code == failed_before) {
            return true;
        }
        record_end(world, found.mapped(), undone, "late", news);
        note_way_back(world, news.action, undone, false);
        return true;
    }
    return false;
}

void expire_asked_back(World& world) {
    for (auto each = world.asked_back.begin(); each != world.asked_back.end();) {
        if (world.now.t < each->second.answer_by) {
            world.deadlines.arm(world.own_key, each->second.answer_by);
            ++each;
            continue;
        }
        const AskedBack asked = std::move(each->second);
        each = world.asked_back.erase(each);
        ActionEvent silence;
        silence.detail = "no answer within its timeout";
        end(world, asked, false, silence);
        remember_late(world, asked);
    }
}

std::string undo_failure(const ActionEvent& news) {
    const std::string code{news.refusal == Refusal::none ? "" : name_of(news.refusal)};
    return code + (code.empty() || news.detail.empty() ? "" : ": ") + news.detail;
}

std::string undo_failure_text(const std::string& action,
                              const std::string& detail,
                              const std::string& conflict) {
    return "action " + action + " could not be rolled back" +
           (detail.empty() ? "" : ": " + detail) + "; what it left behind needs a person" +
           (conflict.empty() ? "" : "\n" + conflict);
}

}  // namespace primum::core
