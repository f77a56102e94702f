// SPDX-License-Identifier: MIT
// How often a rung was right: what it detected, what it decided, and whether that was called for.
#include "core/ladder.hpp"

#include <primum/check.hpp>

#include <utility>

namespace primum::core {

void Ladder::write_counts(std::optional<PrecisionRecord> counts) {
    if (counts) {
        world_.record(std::move(*counts));
    }
}

void Ladder::write_counts(std::optional<Judged> judged) {
    if (judged) {
        world_.record(std::move(judged->judgement));
        write_counts(std::move(judged->counts));
    }
}

// A row that the start left out for their number is made when it is first needed.
void Ladder::open_counts(Level level) {
    static_cast<void>(world_.precision.open(*target_.rule, level, world_.next_action, world_.now));
}

void Ladder::note_detected(Level level) {
    if (is_counted(*target_.rule, level)) {
        open_counts(level);
        write_counts(world_.precision.note_detected(*target_.rule, level, world_.now));
    }
}

void Ladder::note_decided() {
    const ActionRecord& record = target_.flight->record;
    world_.record(record);
    JudgementRecord first;
    first.action = record.id;
    first.sequence = record.sequence;
    first.incident = record.incident;
    first.target = record.target;
    first.level = record.level;
    first.dry_run = record.dry_run;
    first.digest =
        record.operator_uid == nobody ? meaning_of(*target_.rule, record.level) : std::string{};
    first.reason = "decided";
    first.at = world_.now;
    write_counts(Judged{first, world_.precision.note_decided(first)});
}

void Ladder::note_judgement(Outcome outcome) {
    const Flight& flight = *target_.flight;
    const ActionRecord& record = flight.record;
    if (record.dry_run && judge_outcome(target_, flight).outcome == Outcome::inconclusive) {
        return;
    }
    if (outcome == Outcome::recovered_anyway) {
        write_counts(world_.precision.note_recovered(record.id, world_.now));
    }
    const bool beats_waiting =
        !world_.trials.demoted(name(), record.level, record.index, flight.remedy().plan_digest);
    if (const auto verdict = compare(outcome, beats_waiting)) {
        write_counts(world_.precision.judge(record.id, *verdict, world_.now));
    }
}

}  // namespace primum::core
