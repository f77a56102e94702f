// SPDX-License-Identifier: MIT
// The life of one action: preflight, intent, run, settle, verify.
#include "core/ladder.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"
#include "core/way_back.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <array>
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

std::string refusal_text(Refusal code, const std::string& detail) {
    return std::string{name_of(code)} + (detail.empty() ? "" : ": " + detail);
}

std::string forced_words(const OperatorEvent* forced) {
    return forced == nullptr
               ? ""
               : ", forced by uid " + std::to_string(forced->uid) + ": " + forced->reason;
}

// Refusals that asking again cannot change: the rung is passed over.
bool is_final(Refusal refusal) {
    static constexpr std::array final{Refusal::protected_unit,
                                      Refusal::masked,
                                      Refusal::unit_missing,
                                      Refusal::not_available,
                                      Refusal::not_applicable,
                                      Refusal::untrusted,
                                      Refusal::unsafe_path,
                                      Refusal::too_large,
                                      Refusal::hook_failed,
                                      Refusal::check_failed};
    return std::find(final.begin(), final.end(), refusal) != final.end();
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
        drop_plans();
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

std::string blast_text(const std::vector<std::string>& units, std::uint32_t most) {
    return std::to_string(units.size()) + " units would go down with it, " + std::to_string(most) +
           " may: " + joined(units);
}

void pass_after_preflight(GuardReport& report, const PreflightEvent& answer) {
    set_verdict(report,
                Guard::blast_radius,
                answer.blast_radius.empty() ? "nothing else" : joined(answer.blast_radius));
    set_verdict(report, Guard::preflight, answer.detail);
}

void Ladder::on_preflight(const PreflightEvent& answer) {
    if (target_.forcing && answer.ticket == target_.forcing->asking.ticket) {
        on_forced_preflight(answer);
        return;
    }
    if (target_.phase != Phase::asking || answer.ticket != target_.asking->ticket) {
        return;
    }
    const Asking asked = *std::exchange(target_.asking, std::nullopt);
    const RungRule& rung = target_.rung(target_.level);
    const RemedyRule& remedy = rung.remedies[asked.index];
    if (!still_chosen(remedy, asked, answer)) {
        go(Trigger::plan_dropped);
        return;
    }
    if (answer.answer == Preflight::cannot) {
        go(Trigger::plan_dropped);
        mark_spent(target_.level,
                   DecisionKind::passed_over,
                   std::string{name_of(answer.code)},
                   answer.detail);
        return;
    }
    if (answer.answer == Preflight::not_now) {
        go(Trigger::plan_dropped);
        target_.held_back = HeldBack{Guard::preflight,
                                     refusal_text(answer.code, answer.detail),
                                     world_.now.t + preflight_retry};
        return;
    }
    if (answer.blast_radius.size() > rung.max_blast_radius) {
        go(Trigger::plan_dropped);
        target_.held_back = HeldBack{Guard::blast_radius,
                                     blast_text(answer.blast_radius, rung.max_blast_radius),
                                     world_.now.t + preflight_retry};
        return;
    }
    // The world may have moved while the actuator looked.
    GuardReport report = ask_guards(world_, target_, target_.level);
    if (report.veto && *report.veto != Guard::dry_run) {
        go(Trigger::plan_dropped);
        return;
    }
    pass_after_preflight(report, answer);
    begin_action(asked, report, answer.blast_radius);
}

void Ladder::begin_action(const Asking& asked,
                          const GuardReport& report,
                          std::vector<std::string> blast_radius,
                          const OperatorEvent* forced) {
    const bool dry_run = forced == nullptr && is_dry_run();
    const Level level = target_.level;
    const RungRule& rung = target_.rung(level);
    const RemedyRule& remedy = rung.remedies[asked.index];
    ActionRecord record;
    record.sequence = world_.next_action++;
    record.id = world_.ledger_uuid + '-' + std::to_string(record.sequence);
    record.incident = target_.incident->id;
    record.target = name();
    record.unit = target_.rule->unit;
    record.level = level;
    record.index = asked.index;
    record.kind = name_of(remedy.kind);
    record.way_back = remedy.way_back;
    record.plan_digest = remedy.plan_digest;
    record.dry_run = dry_run;
    record.streak = next_streak(world_, target_, level, dry_run);
    record.operator_uid = forced == nullptr ? nobody : forced->uid;
    record.intended = world_.now;
    record.guards = report.verdicts;
    record.evidence = target_.evidence();
    const std::string words = point(record, remedy, asked.candidate) + forced_words(forced);

    RememberedAction remembered{record.id,
                                record.incident,
                                record.target,
                                level,
                                dry_run,
                                record.streak,
                                world_.now.t,
                                std::nullopt,
                                record.index,
                                record.plan_digest};
    remembered.way_back = record.way_back;
    world_.actions.add(world_.now.t, std::move(remembered));
    ++attempts(dry_run)[index_of(level)];
    const bool waited_in_vain = target_.incident->dry_run && !dry_run;
    target_.incident->dry_run = target_.incident->dry_run && dry_run;
    world_.flying[record.id] = target_.key;
    ++(dry_run ? world_.flights.dry : world_.flights.real);
    wait_no_more();
    target_.flight = Flight{};
    target_.flight->record = record;
    target_.flight->rung = rung;
    target_.flight->not_after = world_.now.t + rung.max_plan_age;
    target_.flight->blast_radius = std::move(blast_radius);
    go(forced != nullptr ? Trigger::forced : dry_run ? Trigger::would_act : Trigger::acts);
    write_incident();
    if (!dry_run) {
        note_failover_intent(world_, record);
    }
    note_decided();
    decide(dry_run ? DecisionKind::would_act : DecisionKind::acted,
           forced != nullptr ? "forced"
           : dry_run         ? "dry_run"
                             : "condition_met",
           words,
           report.verdicts);
    if (waited_in_vain) {
        note_waiting(false);
    }
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
    write_counts(world_.precision.note_undecided(target_.flight->record.id, world_.now));
    give_attempt_back();
    end_flight();
    go(Trigger::not_done);
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
    if (flight.back_wanted) {
        finish_without_effect("operator", "undone before it was started: " + flight.back_detail);
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
    if (lost_its_candidate()) {
        finish_without_effect(std::string{name_of(Refusal::no_provider)},
                              flight.record.candidate + " cannot be had any more");
        return;
    }
    RunAction run;
    run.action = flight.record.id;
    run.target = name();
    run.unit = flight.record.unit;
    run.level = flight.record.level;
    run.index = flight.record.index;
    run.candidate = flight.record.candidate;
    run.plan_digest = flight.record.plan_digest;
    run.not_after = flight.not_after;
    run.timeout = flight.remedy().timeout;
    run.operator_uid = flight.record.operator_uid;
    target_.flight->answer_by = flight.not_after + run.timeout + answer_margin;
    world_.actions.start(run.action, world_.now.t);
    go(Trigger::intent_recorded);
    world_.emit(std::move(run));
}

void Ladder::on_action(const ActionEvent& news) {
    target_.flight->facts = news.facts;
    take_news(news);
    if (target_.flight) {
        target_.flight->facts = {};
    }
}

void Ladder::take_news(const ActionEvent& news) {
    if (target_.phase == Phase::rolling_back) {
        on_undone(news);
        return;
    }
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
        } else {
            target_.held_back = HeldBack{
                Guard::preflight, refusal_text(refusal, detail), world_.now.t + preflight_retry};
        }
        return;
    }
    transition(
        ActionState::finished, std::string{name_of(result)}, detail, result, Outcome::none, took);
    const std::string id = target_.flight->record.id;
    world_.actions.end(id, world_.now.t);
    note_failover_end(world_, target_.flight->record, result);
    if (result != ActionResult::ambiguous && target_.flight->back_wanted) {
        begin_undo("operator", target_.flight->back_detail);
        return;
    }
    if (result != ActionResult::ambiguous) {
        go(Trigger::finished);
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
    const Flight flight = *target_.flight;
    end_flight();
    mark_spent(target_.level, DecisionKind::spent, "ambiguous", detail);
    exhaust(Trigger::in_doubt, "ambiguous", "an action in doubt is never repeated");
    if (flight.back_wanted) {
        ask_back(world_, asked_back_of(flight, flight.back_detail, world_.now.t));
    }
}

// The actuator (or we, at the last moment) refused: nothing was done. The intent still counts
// against budgets and the cooldown, not against the rung's attempts.
void Ladder::finish_without_effect(const std::string& reason, const std::string& detail) {
    transition(ActionState::finished, reason, detail, ActionResult::failed);
    transition(ActionState::kept, "no_effect");
    world_.actions.had_no_effect(target_.flight->record.id);
    world_.actions.end(target_.flight->record.id, world_.now.t);
    if (ProviderState* provider = find_provider(world_, target_.flight->record.provider)) {
        ask_pointer(world_, *provider);
    }
    give_attempt_back();
    end_flight();
    go(Trigger::not_done);
}

void Ladder::give_attempt_back() {
    const ActionRecord& record = target_.flight->record;
    std::uint32_t& count = attempts(record.dry_run)[index_of(record.level)];
    count -= count > 0 ? 1 : 0;
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
    drop_force("dropped", "a breaker or the rules have changed meanwhile: look, and ask again");
    if (target_.phase == Phase::asking) {
        target_.asking.reset();
        go(Trigger::plan_dropped);
    }
}

}  // namespace primum::core
