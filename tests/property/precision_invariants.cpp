// SPDX-License-Identifier: MIT
#include "property/precision_invariants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace primum::property {

std::vector<std::string> PrecisionInvariants::see(const support::Turn& turn) {
    breaches_.clear();
    touched_.clear();
    const bool is_refused =
        std::any_of(turn.effects.begin(), turn.effects.end(), [](const Effect& effect) {
            return std::holds_alternative<Rejected>(effect);
        });
    if (const auto* restore = std::get_if<RestoreEvent>(&turn.event.body)) {
        if (!is_refused) {
            see_restore(restore->state);
        }
    }
    for (const Effect& effect : turn.effects) {
        const auto* recorded = std::get_if<RecordEffect>(&effect);
        if (recorded == nullptr) {
            continue;
        }
        if (const auto* counts = std::get_if<PrecisionRecord>(&recorded->record)) {
            see(*counts);
        } else if (const auto* judged = std::get_if<JudgementRecord>(&recorded->record)) {
            see(*judged);
        }
    }
    for (const Rung& rung : touched_) {
        recount(rung);
    }
    return breaches_;
}

// What is given back is what was written, as far as it was durable.
void PrecisionInvariants::see_restore(const RestoredState& state) {
    rows_.clear();
    newest_.clear();
    for (const PrecisionRecord& each : state.precision) {
        rows_[{each.target, each.level}] = each;
        touched_.insert({each.target, each.level});
    }
    for (const JudgementRecord& each : state.judgements) {
        newest_[each.sequence] = each;
    }
}

void PrecisionInvariants::see(const PrecisionRecord& record) {
    const Rung rung{record.target, record.level};
    const auto before = rows_.find(rung);
    if (before != rows_.end() && before->second.digest == record.digest) {
        const PrecisionRecord& was = before->second;
        if (record.since != was.since || record.first_action != was.first_action) {
            breach(rung, "is counted anew though it means the same");
        }
        if (record.detected < was.detected || record.would_act < was.would_act ||
            record.recovered_anyway < was.recovered_anyway || record.labelled < was.labelled) {
            breach(rung, "has forgotten a count");
        }
    } else if (record.detected + record.would_act + record.acted + record.justified +
                   record.unjustified >
               0) {
        breach(rung, "begins with counts");
    }
    if (before == rows_.end() && record.digest.empty()) {
        breach(rung, "has no meaning");
    }
    rows_[rung] = record;
    touched_.insert(rung);
}

void PrecisionInvariants::see(const JudgementRecord& record) {
    const auto before = newest_.find(record.sequence);
    // The number of an intent that a crash took is used again.
    const bool is_first = before == newest_.end() || record.reason == "decided";
    const Rung rung{record.target, record.level};
    const bool is_disowned = !is_first && record.digest.empty();
    if (!is_disowned && is_first != (record.judged == ActionLabel::none)) {
        breach(rung, "judges an action before it is decided, or decides it twice");
    }
    if (!is_first && before->second.by == JudgedBy::person && record.by != JudgedBy::person) {
        breach(rung, "lets the comparison overrule a person");
    }
    newest_[record.sequence] = record;
    touched_.insert(rung);
}

void PrecisionInvariants::recount(const Rung& rung) {
    const auto found = rows_.find(rung);
    if (found == rows_.end()) {
        return;
    }
    const PrecisionRecord& row = found->second;
    PrecisionRecord again;
    for (const auto& [sequence, judged] : newest_) {
        const bool counts = judged.target == row.target && judged.level == row.level &&
                            judged.digest == row.digest && sequence >= row.first_action;
        if (!counts) {
            continue;
        }
        ++(judged.dry_run ? again.would_act : again.acted);
        again.justified += judged.judged == ActionLabel::justified ? 1 : 0;
        again.unjustified += judged.judged == ActionLabel::unjustified ? 1 : 0;
        again.labelled += judged.by == JudgedBy::person ? 1 : 0;
    }
    if (row.would_act != again.would_act || row.acted != again.acted ||
        row.justified != again.justified || row.unjustified != again.unjustified ||
        row.labelled != again.labelled) {
        breach(rung,
               fmt::format("counts {}/{} acts, {}/{} judged, {} labelled; there were {}/{}, {}/{}, "
                           "{}",
                           row.would_act,
                           row.acted,
                           row.justified,
                           row.unjustified,
                           row.labelled,
                           again.would_act,
                           again.acted,
                           again.justified,
                           again.unjustified,
                           again.labelled));
    }
    if (row.justified + row.unjustified > row.would_act + row.acted ||
        row.labelled > row.justified + row.unjustified || row.recovered_anyway > row.would_act) {
        breach(rung, "counts more than there can be");
    }
}

void PrecisionInvariants::breach(const Rung& rung, const std::string& what) {
    breaches_.push_back(
        fmt::format("precision of {} at {} {}", rung.first, name_of(rung.second), what));
}

}  // namespace primum::property
