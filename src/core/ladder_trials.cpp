// SPDX-License-Identifier: MIT
// Improvement is measured against doing nothing; what does not beat that is demoted.
#include "core/ladder.hpp"

#include <utility>
#include <vector>

namespace primum::core {

void Ladder::note_trial(Outcome outcome) {
    const Flight& flight = *target_.flight;
    if (flight.record.dry_run) {
        if (judge_outcome(target_, flight).outcome != Outcome::inconclusive) {
            note_waiting(outcome == Outcome::recovered_anyway);
        }
        return;
    }
    if (outcome == Outcome::inconclusive) {
        return;
    }
    write_trial(world_.trials.note_remedy(
        name(), flight.record.level, flight.record.index, flight.remedy(), outcome));
    demote_what_does_not_beat_waiting();
}

void Ladder::note_waiting(bool recovered) {
    write_trial(world_.trials.note_waiting(name(), recovered));
    demote_what_does_not_beat_waiting();
}

void Ladder::write_trial(TrialRecord record) {
    record.at = world_.now;
    world_.record(std::move(record));
}

void Ladder::demote_what_does_not_beat_waiting() {
    for (std::size_t i = index_of(Level::retry); i < level_count; ++i) {
        const auto level = static_cast<Level>(i);
        const RungRule& rung = target_.rung(level);
        for (std::uint32_t index = 0; index < rung.remedies.size(); ++index) {
            const RemedyRule& remedy = rung.remedies[index];
            if (!world_.trials.demote(name(), level, index, remedy.plan_digest)) {
                continue;
            }
            write_trial(*world_.trials.find(name(), level, index, remedy.plan_digest));
            const std::string text =
                std::string{name_of(remedy.kind)} + " on level " + std::string{name_of(level)} +
                " does not beat waiting: " + world_.trials.text(name(), level, rung);
            decide(DecisionKind::demoted, "demoted", text);
            page(PageKind::demoted, "demoted", text + "; it is not used any more");
        }
    }
}

std::optional<std::uint32_t> Ladder::next_remedy() const {
    return core::next_remedy(world_, target_, target_.level);
}

}  // namespace primum::core
