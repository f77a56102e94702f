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
        return person->verb == OperatorVerb::acknowledge ||
               person->verb == OperatorVerb::rollback || person->verb == OperatorVerb::label ||
               person->verb == OperatorVerb::force;  // what a person does is not the rules' doing
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

Result<std::vector<Rehearsal::Step>, ReplayError> Rehearsal::play(const Event& event) {
    steps_.clear();
    if (std::holds_alternative<RestoreEvent>(event.body)) {
        if (auto begun = begin(event); !begun) {
            return fail(begun.error());
        }
    } else if (!begun_) {
        return fail(ReplayError{"a recording begins with a restore event, this one does not"});
    } else if (std::holds_alternative<RulesEvent>(event.body)) {
        if (auto taken = take_rules(event); !taken) {
            return fail(taken.error());
        }
    } else if (!answers_another(event.body)) {
        catch_up(event.at);
        feed(event.at, event.body);
    }
    return std::move(steps_);
}

// A later segment of a run that is being rehearsed is no start.
Result<void, ReplayError> Rehearsal::begin(const Event& event) {
    const auto& restore = std::get<RestoreEvent>(event.body);
    if (restore.state.engine.empty()) {
        begun_ = true;
        in_middle_ = false;
        engine_ = Engine{};
        feed(event.at, without_history(restore));
        return {};
    }
    if (begun_) {
        return {};
    }
    if (!engine_.advance(event).empty()) {
        return fail(ReplayError{
            "the state that this segment begins with is of another version of primum, or damaged: "
            "begin with the first segment of the run"});
    }
    begun_ = wants_rules_ = in_middle_ = true;
    last_ = event.at;
    const auto targets = engine_.targets();
    unanswered_ = static_cast<std::size_t>(
        std::count_if(targets.begin(), targets.end(), [](const TargetSummary& each) {
            return each.phase == Phase::intending;
        }));
    return {};
}

bool Rehearsal::answers_another(const EventBody& body) {
    if (!belongs_to_the_recorded_run(body)) {
        return false;
    }
    if (const auto* ledger = std::get_if<LedgerEvent>(&body)) {
        if (in_middle_ && unanswered_ > 0) {
            --unanswered_;
            return false;
        }
        foreign_.insert(ledger->action);
    }
    const auto* action = std::get_if<ActionEvent>(&body);
    return !in_middle_ || action == nullptr || foreign_.contains(action->action);
}

Result<void, ReplayError> Rehearsal::take_rules(const Event& event) {
    RulesEvent rules = std::get<RulesEvent>(event.body);
    if (rules_ != nullptr) {
        rules = RulesEvent{rules_->digest, {}, rules_};
    }
    if (!wants_rules_ && rules.digest == engine_.host().rules_digest) {
        return {};
    }
    if (rules.compiled == nullptr) {
        if (auto compiled = compile_recorded(rules); !compiled) {
            return compiled;
        }
    }
    if (!std::exchange(wants_rules_, false)) {
        catch_up(event.at);
    }
    feed(event.at, std::move(rules));
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
