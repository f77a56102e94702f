// SPDX-License-Identifier: MIT
#include "replay/rehearsal.hpp"

#include "replay/recorded_rules.hpp"

#include <algorithm>
#include <utility>

namespace primum::replay {
namespace {

// Answers to what the recorded run asked for, and commands that name what only it had.
bool belongs_to_the_recorded_run(const EventBody& body) {
    if (const auto* ledger = std::get_if<LedgerEvent>(&body)) {
        return ledger->news == LedgerNews::committed || ledger->news == LedgerNews::failed;
    }
    if (const auto* person = std::get_if<OperatorEvent>(&body)) {
        return person->verb == OperatorVerb::acknowledge || person->verb == OperatorVerb::rollback;
    }
    return std::holds_alternative<PreflightEvent>(body) ||
           std::holds_alternative<ActionEvent>(body) || std::holds_alternative<SlotEvent>(body);
}

RestoreEvent without_history(const RestoreEvent& recorded) {
    RestoreEvent restore;
    restore.state.boot_id = recorded.state.boot_id;
    restore.state.clock_synchronised = recorded.state.clock_synchronised;
    restore.state.ledger_uuid = recorded.state.ledger_uuid;
    restore.state.next_hold = recorded.state.next_hold;
    restore.state.disabled = recorded.state.disabled;
    restore.state.holds = recorded.state.holds;
    restore.state.baselines = recorded.state.baselines;
    return restore;
}

}  // namespace

Result<std::vector<Rehearsal::Step>, ReplayError> Rehearsal::play(const Event& event,
                                                                  bool follows) {
    steps_.clear();
    Result<void, ReplayError> done;
    if (std::holds_alternative<RestoreEvent>(event.body)) {
        done = begin(event, follows);
    } else if (!begun_) {
        return fail(ReplayError{"a recording begins with a restore event, this one does not"});
    } else if (std::holds_alternative<RulesEvent>(event.body)) {
        done = take_rules(event);
    } else if (!belongs_to_the_recorded_run(event.body)) {
        catch_up(event.at);
        feed(event.at, event.body);
    }
    if (!done) {
        return fail(done.error());
    }
    return std::move(steps_);
}

Result<void, ReplayError> Rehearsal::begin(const Event& event, bool follows) {
    const auto& restore = std::get<RestoreEvent>(event.body);
    loading_ = !restore.state.engine.empty();
    skipping_ = loading_ && begun_ && follows;
    if (skipping_) {
        return {};
    }
    begun_ = true;
    engine_ = Engine{};
    last_ = event.at;
    if (loading_) {
        static_cast<void>(engine_.advance(event));
    } else {
        feed(event.at, without_history(restore));
    }
    return {};
}

Result<void, ReplayError> Rehearsal::take_rules(const Event& event) {
    const bool skipped = std::exchange(skipping_, false);
    const bool loaded = std::exchange(loading_, false) && !skipped;
    const bool started = engine_.host().rules_digest.empty() && !loaded;
    if (skipped || (rules_ != nullptr && !loaded && !started)) {
        return {};
    }
    RulesEvent recorded = std::get<RulesEvent>(event.body);
    if (loaded || rules_ == nullptr) {
        if (auto compiled = compile_recorded(recorded); !compiled) {
            return fail(compiled.error());
        }
        catch_up(event.at);
        feed(event.at, std::move(recorded));
    }
    if (rules_ != nullptr) {
        feed(event.at, RulesEvent{rules_->digest, {}, rules_});
    }
    return {};
}

// Ticks for what this engine waited for since the event before.
void Rehearsal::catch_up(Stamp until) {
    for (std::size_t i = 0; i < max_ticks && last_; ++i) {
        const auto deadline = engine_.next_deadline();
        if (!deadline || *deadline >= until.t) {
            break;
        }
        const Instant t = std::max(*deadline, last_->t);
        feed({t, until.wall - (until.t - t)}, TickEvent{});
        const auto next = engine_.next_deadline();
        if (next && *next <= t) {
            break;  // it waits for something else
        }
    }
}

void Rehearsal::feed(Stamp at, EventBody body) {
    last_ = at;
    answers_.clear();
    answers_.push_back(std::move(body));
    for (std::size_t i = 0; i < answers_.size() && i < max_ticks; ++i) {
        const Event event{at, std::move(answers_[i])};
        for (Effect& effect : engine_.advance(event)) {
            answer(effect);
            steps_.push_back({at, std::move(effect)});
        }
    }
}

void Rehearsal::answer(const Effect& effect) {
    if (const auto* asked = std::get_if<AskPreflight>(&effect)) {
        answers_.emplace_back(PreflightEvent{asked->ticket, Preflight::can, Refusal::none, {}, {}});
    } else if (const auto* record = std::get_if<RecordEffect>(&effect)) {
        const auto* action = std::get_if<ActionRecord>(&record->record);
        if (action != nullptr && !action->dry_run) {
            answers_.emplace_back(LedgerEvent{LedgerNews::committed, action->id, {}});
        }
    } else if (const auto* run = std::get_if<RunAction>(&effect)) {
        ActionEvent news;
        news.action = run->action;
        answers_.emplace_back(news);
        news.phase = ActionPhase::finished;
        news.result = ActionResult::done;
        answers_.emplace_back(news);
    } else if (const auto* settle = std::get_if<SettleAction>(&effect)) {
        ActionEvent news;
        news.action = settle->action;
        news.phase = ActionPhase::settled;
        news.settled_as = SettledAs::done;
        answers_.emplace_back(news);
    } else if (const auto* back = std::get_if<RollBack>(&effect)) {
        ActionEvent news;
        news.action = back->action;
        news.phase = ActionPhase::rolled_back;
        answers_.emplace_back(news);
    }
}

}  // namespace primum::replay
