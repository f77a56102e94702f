// SPDX-License-Identifier: MIT
// The life of one action: preflight, intent, run, settle, verify.
#include "core/ladder.hpp"
#include "core/text.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

constexpr std::size_t max_in_doubt = 256;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

// Refusals that asking again cannot change: the rung is passed over.
bool is_final(Refusal refusal) {
    return refusal == Refusal::protected_unit || refusal == Refusal::masked ||
           refusal == Refusal::unit_missing || refusal == Refusal::not_available;
}

void set_verdict(GuardReport& report, Guard guard, std::string detail) {
    for (GuardVerdict& each : report.verdicts) {
        if (each.guard == guard && each.verdict == Verdict::not_asked) {
            each.verdict = Verdict::pass;
            each.detail = std::move(detail);
        }
    }
}

}  // namespace

bool Ladder::step_asking() {
    if (recovered()) {
        target_.asking.reset();
        set_phase(Phase::waiting);
        return true;
    }
    if (world_.now.t < target_.asking->answer_by) {
        need_at(target_.asking->answer_by);
        return false;
    }
    PreflightEvent silence;
    silence.ticket = target_.asking->ticket;
    silence.answer = Preflight::not_now;
    silence.code = Refusal::unreachable;
    silence.detail = "no answer in " + duration_text(preflight_patience);
    on_preflight(silence);
    return true;
}

void Ladder::on_preflight(const PreflightEvent& answer) {
    if (target_.phase != Phase::asking || answer.ticket != target_.asking->ticket) {
        return;
    }
    const std::uint32_t index = target_.asking->index;
    target_.asking.reset();
    set_phase(Phase::waiting);
    const std::string code{name_of(answer.code)};
    const std::string detail = code + (answer.detail.empty() ? "" : ": " + answer.detail);
    if (answer.answer == Preflight::cannot) {
        mark_spent(target_.level, DecisionKind::passed_over, code, answer.detail);
        return;
    }
    if (answer.answer == Preflight::not_now) {
        target_.held_back = HeldBack{Guard::preflight, detail, world_.now.t + preflight_retry};
        return;
    }
    const RungRule& rung = target_.rung(target_.level);
    if (rung.remedies[index].kind == RemedyKind::restart &&
        answer.blast_radius.size() > rung.max_blast_radius) {
        target_.held_back = HeldBack{
            Guard::blast_radius,
            std::to_string(answer.blast_radius.size()) + " units would go down with it, " +
                std::to_string(rung.max_blast_radius) + " may: " + joined(answer.blast_radius),
            world_.now.t + preflight_retry};
        return;
    }
    // The world may have moved while the actuator looked.
    GuardReport report = ask_guards(world_, target_, target_.level);
    if (report.veto && *report.veto != Guard::dry_run) {
        return;
    }
    set_verdict(report,
                Guard::blast_radius,
                answer.blast_radius.empty() ? "nothing else" : joined(answer.blast_radius));
    set_verdict(report, Guard::preflight, answer.detail);
    begin_action(index, report, answer.blast_radius);
}

void Ladder::begin_action(std::uint32_t index,
                          const GuardReport& report,
                          std::vector<std::string> blast_radius) {
    const bool dry_run = is_dry_run();
    const Level level = target_.level;
    const RungRule& rung = target_.rung(level);
    ActionRecord record;
    record.sequence = world_.next_action++;
    record.id = world_.ledger_uuid + '-' + std::to_string(record.sequence);
    record.incident = target_.incident->id;
    record.target = name();
    record.unit = target_.rule->unit;
    record.level = level;
    record.index = index;
    record.kind = name_of(rung.remedies[index].kind);
    record.plan_digest = rung.remedies[index].plan_digest;
    record.dry_run = dry_run;
    record.streak = next_streak(world_, target_, level);
    record.intended = world_.now;
    record.guards = report.verdicts;
    record.evidence = target_.evidence();

    world_.actions.add(world_.now.t,
                       {record.id,
                        record.incident,
                        record.target,
                        level,
                        dry_run,
                        record.streak,
                        world_.now.t,
                        std::nullopt});
    ++attempts()[index_of(level)];
    target_.incident->dry_run = target_.incident->dry_run && dry_run;
    world_.flying[record.id] = target_.key;
    ++(dry_run ? world_.flights.dry : world_.flights.real);
    const std::string kind = record.kind;
    target_.waiting_since.reset();
    target_.flight = Flight{};
    target_.flight->record = record;
    target_.flight->rung = rung;
    target_.flight->not_after = world_.now.t + rung.max_plan_age;
    target_.flight->blast_radius = std::move(blast_radius);
    set_phase(dry_run ? Phase::settling : Phase::intending);
    write_incident();
    world_.record(std::move(record));
    decide(dry_run ? DecisionKind::would_act : DecisionKind::acted,
           dry_run ? "dry_run" : "condition_met",
           kind,
           report.verdicts);
    if (dry_run) {
        world_.actions.end(target_.flight->record.id, world_.now.t);
        begin_settling();
    }
}

void Ladder::on_intent(bool committed, const std::string& detail) {
    if (target_.phase != Phase::intending) {
        return;
    }
    if (committed) {
        start_or_call_off();
        return;
    }
    world_.actions.forget(target_.flight->record.id);
    give_attempt_back();
    end_flight();
    set_phase(Phase::waiting);
    target_.held_back = HeldBack{Guard::ledger,
                                 "the intent could not be recorded: " + detail,
                                 world_.now.t + preflight_retry};
}

void Ladder::start_or_call_off() {
    const Flight& flight = *target_.flight;
    if (target_.gone) {
        finish_without_effect("abandoned", "the target left the rules");
        return;
    }
    if (world_.now.t > flight.not_after) {
        finish_without_effect(std::string{name_of(Refusal::too_late)}, "the plan grew too old");
        return;
    }
    const auto current = target_.rung(flight.record.level).remedies;
    const bool same_plan = flight.record.index < current.size() &&
                           current[flight.record.index].plan_digest == flight.record.plan_digest;
    if (!same_plan) {
        finish_without_effect(std::string{name_of(Refusal::stale_plan)}, "the rules changed");
        return;
    }
    if (const auto off = called_off(world_, target_, flight)) {
        finish_without_effect(std::string{name_of(off->guard)}, off->detail);
        return;
    }
    RunAction run;
    run.action = flight.record.id;
    run.target = name();
    run.unit = flight.record.unit;
    run.level = flight.record.level;
    run.index = flight.record.index;
    run.plan_digest = flight.record.plan_digest;
    run.not_after = flight.not_after;
    run.timeout = flight.remedy().timeout;
    target_.flight->answer_by = flight.not_after + run.timeout + answer_margin;
    set_phase(Phase::running);
    world_.emit(std::move(run));
}

void Ladder::on_action(const ActionEvent& news) {
    if (target_.phase != Phase::running) {
        return;
    }
    switch (news.phase) {
        case ActionPhase::started:
            transition(ActionState::started, "started", news.detail);
            target_.flight->answer_by =
                world_.now.t + target_.flight->remedy().timeout + answer_margin;
            break;
        case ActionPhase::finished:
            finish(news.result, news.refusal, news.detail, news.took);
            break;
        case ActionPhase::settled:
            on_settled(news);
            break;
        case ActionPhase::rolled_back:
        case ActionPhase::rollback_failed:
            break;
    }
}

void Ladder::on_settled(const ActionEvent& news) {
    switch (news.settled_as) {
        case SettledAs::not_started:
            finish_without_effect("not_started", news.detail);
            break;
        case SettledAs::running:
            target_.flight->answer_by =
                world_.now.t + target_.flight->remedy().timeout + answer_margin;
            break;
        case SettledAs::done:
            finish(ActionResult::done, Refusal::none, news.detail, news.took);
            break;
        case SettledAs::failed:
            finish(ActionResult::failed, Refusal::none, news.detail, news.took);
            break;
        case SettledAs::ambiguous:
            finish(ActionResult::ambiguous, Refusal::none, news.detail, news.took);
            break;
    }
}

void Ladder::finish(ActionResult result,
                    Refusal refusal,
                    const std::string& detail,
                    Duration took) {
    if (result == ActionResult::failed && refusal != Refusal::none) {
        finish_without_effect(std::string{name_of(refusal)}, detail);
        if (is_final(refusal)) {
            mark_spent(
                target_.level, DecisionKind::passed_over, std::string{name_of(refusal)}, detail);
        }
        return;
    }
    transition(
        ActionState::finished, std::string{name_of(result)}, detail, result, Outcome::none, took);
    const std::string id = target_.flight->record.id;
    world_.actions.end(id, world_.now.t);
    if (result != ActionResult::ambiguous) {
        begin_settling();
        return;
    }
    if (world_.in_doubt.size() < max_in_doubt) {
        world_.in_doubt.insert(id);
    }
    page(PageKind::ambiguous,
         "ambiguous",
         "nobody can say whether action " + id + " took effect" +
             (detail.empty() ? "" : ": " + detail));
    end_flight();
    mark_spent(target_.level, DecisionKind::spent, "ambiguous", detail);
    exhaust("ambiguous", "an action in doubt is never repeated");
}

// The actuator (or we, at the last moment) refused: nothing was done. The intent still counts
// against budgets and the cooldown, not against the rung's attempts.
void Ladder::finish_without_effect(const std::string& reason, const std::string& detail) {
    transition(ActionState::finished, reason, detail, ActionResult::failed);
    transition(ActionState::kept, "no_effect");
    world_.actions.end(target_.flight->record.id, world_.now.t);
    give_attempt_back();
    end_flight();
    set_phase(Phase::waiting);
}

void Ladder::give_attempt_back() {
    const ActionRecord& record = target_.flight->record;
    auto& used = record.dry_run ? target_.incident->dry_attempts : target_.incident->attempts;
    std::uint32_t& count = used[index_of(record.level)];
    count -= count > 0 ? 1 : 0;
}

void Ladder::begin_settling() {
    Flight& flight = *target_.flight;
    flight.settle_until = world_.now.t + flight.rung.settle;
    flight.verify_until = flight.settle_until + flight.rung.verify;
    set_phase(Phase::settling);
}

bool Ladder::step_settling() {
    const Flight& flight = *target_.flight;
    std::string why;
    if (!flight.record.dry_run && is_worse(target_, flight, false, why)) {
        conclude({Outcome::worse, why});
        return true;
    }
    if (world_.now.t < flight.settle_until) {
        need_at(flight.settle_until);
        return false;
    }
    set_phase(Phase::verifying);
    return true;
}

bool Ladder::step_verifying() {
    const Flight& flight = *target_.flight;
    std::string why;
    if (!flight.record.dry_run && is_worse(target_, flight, true, why)) {
        conclude({Outcome::worse, why});
        return true;
    }
    if (world_.now.t < flight.verify_until) {
        need_at(flight.verify_until);
        return false;
    }
    Finding finding = judge_outcome(target_, flight);
    if (flight.record.dry_run) {
        finding.outcome =
            finding.outcome == Outcome::improved ? Outcome::recovered_anyway : Outcome::unchanged;
    }
    conclude(finding);
    return true;
}

bool Ladder::step_awaiting_data() {
    const Finding finding = judge_outcome(target_, *target_.flight);
    if (finding.outcome != Outcome::inconclusive) {
        conclude(finding);
        return true;
    }
    if (world_.now.t < target_.flight->data_by) {
        need_at(target_.flight->data_by);
        return false;
    }
    transition(ActionState::kept, "no_data", finding.detail);
    end_flight();
    exhaust(std::string{name_of(Guard::no_data)}, finding.detail);
    return true;
}

void Ladder::conclude(const Finding& finding) {
    const std::string outcome{name_of(finding.outcome)};
    transition(ActionState::verified, outcome, finding.detail, ActionResult::none, finding.outcome);
    decide(DecisionKind::verified, outcome, finding.detail);
    if (finding.outcome == Outcome::inconclusive) {
        target_.flight->data_by = world_.now.t + target_.flight->rung.max_wait;
        set_phase(Phase::awaiting_data);
        page(PageKind::awaiting_data, outcome, finding.detail);
        return;
    }
    transition(ActionState::kept, "no_way_back_needed");
    const Level level = target_.flight->record.level;
    end_flight();
    set_phase(Phase::waiting);
    if (finding.outcome == Outcome::improved) {
        target_.incident->helped = level;
        begin_soak(outcome);
    } else if (finding.outcome == Outcome::recovered_anyway) {
        begin_soak(outcome);
    } else if (finding.outcome == Outcome::worse) {
        mark_spent(level, DecisionKind::spent, outcome, finding.detail);
    }
}

void Ladder::tell_flights() {
    for (const auto& [action, key] : world_.flying) {
        const auto other = std::find_if(world_.targets.begin(),
                                        world_.targets.end(),
                                        [&](const auto& each) { return each.second->key == key; });
        if (other == world_.targets.end() || other->second == &target_) {
            continue;
        }
        const auto& dependencies = target_.rule->depends_on;
        const auto& units = other->second->flight->blast_radius;
        const bool depends =
            std::find(dependencies.begin(), dependencies.end(), other->first) != dependencies.end();
        const bool went_down =
            std::find(units.begin(), units.end(), target_.rule->unit) != units.end();
        const bool has_finished =
            other->second->phase == Phase::settling || other->second->phase == Phase::verifying;
        if (has_finished && (depends || went_down)) {
            other->second->flight->harmed = name();
            world_.changed.insert(key);
        }
    }
}

void Ladder::end_flight() {
    std::uint32_t& count =
        target_.flight->record.dry_run ? world_.flights.dry : world_.flights.real;
    PRIMUM_CHECK(count > 0);
    --count;
    world_.flying.erase(target_.flight->record.id);
    target_.flight.reset();
    world_.look_at_all_ill();
}

void Ladder::abandon() {
    target_.gone = true;
    world_.any_gone = true;
    drop_plans();
    if (target_.flight && target_.flight->record.dry_run) {
        transition(
            ActionState::verified, "abandoned", "", ActionResult::none, Outcome::inconclusive);
        end_flight();
    }
}

void Ladder::drop_plans() {
    target_.held_back.reset();
    if (target_.phase == Phase::asking) {
        target_.asking.reset();
        set_phase(Phase::waiting);
    }
}

void Ladder::resume(Flight flight, ActionState state) {
    const std::string id = flight.record.id;
    world_.flying[id] = target_.key;
    ++world_.flights.real;
    flight.answer_by = world_.now.t + flight.remedy().timeout + answer_margin;
    target_.flight = std::move(flight);
    if (state == ActionState::intended || state == ActionState::started) {
        set_phase(Phase::running);
        world_.emit(SettleAction{id});
    } else {
        begin_settling();
    }
}

void Ladder::transition(ActionState state,
                        const std::string& reason,
                        const std::string& detail,
                        ActionResult result,
                        Outcome outcome,
                        Duration took) {
    TransitionRecord record;
    record.action = target_.flight->record.id;
    record.at = world_.now;
    record.state = state;
    record.result = result;
    record.outcome = outcome;
    record.reason = reason;
    record.detail = detail;
    record.took = took;
    world_.record(std::move(record));
}

}  // namespace primum::core
