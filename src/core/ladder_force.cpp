// SPDX-License-Identifier: MIT
// A person runs the remedy of a rung now: waits, conditions, budgets and the rungs below are passed
// over and said to be; another person's no, an action under way and what cannot be recorded are
// not.
#include "core/ladder.hpp"
#include "core/operator_reply.hpp"
#include "core/provider_book.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace primum::core {
namespace {

std::string named_levels(const TargetState& target) {
    std::string names;
    for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        if (!target.rung(level).remedies.empty()) {
            names += (names.empty() ? "" : ", ") + std::string{name_of(level)};
        }
    }
    return names.empty() ? "no remedy at any level" : names;
}

// What a person can do about a guard that stands against a force.
std::string advice(Guard guard, const std::string& target) {
    switch (guard) {
        case Guard::disabled:
            return "enable it first";
        case Guard::held:
            return "release it first: primumctl release " + target;
        case Guard::breaker:
            return "look what the remedies did, and reset it first: primumctl reset-breaker";
        case Guard::in_flight:
            return "wait until it is verified, or roll it back";
        case Guard::ledger:
            return "see to its disk first";
        default:
            return "try again";
    }
}

std::string passed_over(const GuardReport& report) {
    std::string names;
    for (const GuardVerdict& each : report.verdicts) {
        if (each.verdict == Verdict::veto) {
            names += (names.empty() ? "; passed over: " : ", ") + std::string{name_of(each.guard)} +
                     " (" + each.detail + ')';
        }
    }
    return names;
}

}  // namespace

void Ladder::force(const OperatorEvent& command) {
    if (const auto refusal = refuse_force(command)) {
        reply(world_, command, false, refusal->code, refusal->message);
        return;
    }
    const std::uint32_t index = forced_remedy(command.level);
    const RemedyRule& remedy = target_.rung(command.level).remedies[index];
    Asking asking{world_.next_ticket++, index, world_.now.t + preflight_patience, {}};
    if (const ProviderState* provider = find_provider(world_, provider_of(remedy))) {
        const Choice choice = choose_candidate(*provider);
        if (choice.kind != Choice::Kind::chosen) {
            reply(world_,
                  command,
                  false,
                  std::string{name_of(Refusal::no_provider)},
                  provider->rule->name + " has no candidate to point at: " + choice.detail);
            return;
        }
        asking.candidate = choice.candidate;
    }
    make_way();
    world_.emit(AskPreflight{asking.ticket,
                             name(),
                             target_.rule->unit,
                             command.level,
                             index,
                             asking.candidate,
                             remedy.plan_digest,
                             false,
                             command.uid});
    target_.forcing = Forcing{command, std::move(asking)};
    world_.changed.insert(target_.key);
}

// What primum was about to do, or only watches as a dry-run, gives way to a person.
void Ladder::make_way() {
    if (target_.phase == Phase::asking) {
        target_.asking.reset();
        go(Trigger::plan_dropped);
    } else if (target_.flight) {
        transition(ActionState::verified, "forced", "", ActionResult::none, Outcome::inconclusive);
        end_flight();
        go(Trigger::no_better);
    }
}

std::optional<Ladder::ForceRefusal> Ladder::refuse_force(const OperatorEvent& command) const {
    const RungRule& rung = target_.rung(command.level);
    if (command.level < Level::retry || rung.remedies.empty()) {
        return ForceRefusal{"no_rung",
                            "the rules give " + name() + " no remedy at level " +
                                std::string{name_of(command.level)} +
                                "; there is: " + named_levels(target_)};
    }
    if (!target_.incident || target_.gone) {
        return ForceRefusal{"not_ill",
                            name() +
                                " has no open incident: there is nothing to cure; restart "
                                "the unit with systemctl if you must"};
    }
    if (target_.forcing && target_.forcing->command.ticket != command.ticket) {
        return ForceRefusal{std::string{name_of(Guard::in_flight)},
                            "the actuator is being asked already for uid " +
                                std::to_string(target_.forcing->command.uid)};
    }
    if (const auto veto = refused_by(world_, target_)) {
        return ForceRefusal{std::string{name_of(veto->guard)},
                            veto->detail + "; " + advice(veto->guard, name())};
    }
    if (target_.phase == Phase::soaking || recovered()) {
        return ForceRefusal{"not_ill", name() + " is well now: there is nothing to cure"};
    }
    if (target_.incident->exhausted_code == name_of(ActionResult::ambiguous)) {
        return ForceRefusal{"in_doubt",
                            "nobody can say whether its last action took effect: look, then "
                            "acknowledge incident " +
                                std::to_string(target_.incident->id) + " first"};
    }
    if (world_.rules->settings.mode != Mode::enforce) {
        return ForceRefusal{std::string{name_of(Guard::dry_run)},
                            "primumd runs in mode " +
                                std::string{name_of(world_.rules->settings.mode)} +
                                ", in which nothing is done; mode = \"enforce\" in primum.toml "
                                "would be needed"};
    }
    if (world_.actions.full()) {
        return ForceRefusal{"bound_reached", "too many actions to remember; ask again later"};
    }
    return std::nullopt;
}

// In turn like any other; where all are demoted, in turn all the same.
std::uint32_t Ladder::forced_remedy(Level level) const {
    const RungRule& rung = target_.rung(level);
    std::vector<std::uint32_t> usable;
    for (std::uint32_t i = 0; i < rung.remedies.size(); ++i) {
        if (!world_.trials.demoted(name(), level, i, rung.remedies[i].plan_digest)) {
            usable.push_back(i);
        }
    }
    const std::uint32_t turn = target_.incident->attempts[index_of(level)];
    return usable.empty() ? turn % static_cast<std::uint32_t>(rung.remedies.size())
                          : usable[turn % usable.size()];
}

bool Ladder::step_forcing() {
    const Asking& asking = target_.forcing->asking;
    if (world_.now.t < asking.answer_by) {
        need_at(asking.answer_by);
        return false;
    }
    PreflightEvent silence;
    silence.ticket = asking.ticket;
    silence.answer = Preflight::not_now;
    silence.code = Refusal::unreachable;
    silence.detail = "no answer in " + duration_text(preflight_patience);
    on_preflight(silence);
    return true;
}

void Ladder::on_forced_preflight(const PreflightEvent& answer) {
    const Forcing forced = *std::exchange(target_.forcing, std::nullopt);
    const OperatorEvent& command = forced.command;
    const auto refuse = [&](const std::string& code, const std::string& message) {
        reply(world_, command, false, code, message);
    };
    const RungRule& rung = target_.rung(command.level);
    const RemedyRule& remedy = rung.remedies[forced.asking.index];
    if (!still_chosen(remedy, forced.asking, answer)) {
        target_.held_back.reset();
        refuse(std::string{name_of(Refusal::no_provider)},
               forced.asking.candidate +
                   " cannot be pointed at any more; look at the providers, "
                   "and ask again");
        return;
    }
    if (answer.answer != Preflight::can) {
        const bool named = answer.code != Refusal::none;
        refuse(std::string{named ? name_of(answer.code) : name_of(answer.answer)},
               "the actuator refuses" + (answer.detail.empty() ? "" : ": " + answer.detail));
        return;
    }
    if (answer.blast_radius.size() > rung.max_blast_radius) {
        refuse(std::string{name_of(Guard::blast_radius)},
               blast_text(answer.blast_radius, rung.max_blast_radius));
        return;
    }
    if (const auto refusal = refuse_force(command)) {
        refuse(refusal->code, refusal->message);
        return;
    }
    GuardReport report = ask_guards(world_, target_, command.level, false);
    pass_after_preflight(report, answer);
    const std::string passed = passed_over(report);
    climb_to(command.level);
    target_.incident->exhausted_code.clear();
    note_acknowledged(command.uid);
    begin_action(forced.asking, report, answer.blast_radius, &command);
    const ActionRecord& record = target_.flight->record;
    reply(world_,
          command,
          true,
          "ok",
          "action " + record.id + " (" + record.kind + " of " + name() +
              ") is under way; what comes of it is verified" + passed);
}

// Levels rise by one, each rung left being said to be passed over; a person may also go down.
void Ladder::climb_to(Level level) {
    if (level < target_.level) {
        enter(level, "forced");
    }
    while (target_.level < level) {
        mark_spent(target_.level, DecisionKind::passed_over, "forced");
        enter(static_cast<Level>(index_of(target_.level) + 1), "forced");
    }
}

void Ladder::drop_force(const std::string& code, const std::string& message) {
    if (const auto forced = std::exchange(target_.forcing, std::nullopt)) {
        reply(world_, forced->command, false, code, message);
    }
}

// A person at work on it has seen it: the first one counts.
void Ladder::note_acknowledged(std::uint32_t uid) {
    IncidentRecord& incident = *target_.incident;
    if (incident.acknowledged == Stamp{}) {
        incident.acknowledged = world_.now;
        incident.acknowledged_by = uid;
    }
}

}  // namespace primum::core
