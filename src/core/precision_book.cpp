// SPDX-License-Identifier: MIT
#include "core/precision_book.hpp"

#include <charconv>
#include <utility>

namespace primum::core {
namespace {

// What stands behind the last '-' of an action's id.
std::uint64_t sequence_of(const std::string& action) {
    std::uint64_t sequence = 0;
    const std::size_t dash = action.rfind('-');
    if (dash != std::string::npos) {
        std::from_chars(action.data() + dash + 1, action.data() + action.size(), sequence);
    }
    return sequence;
}

std::uint32_t& count_of(PrecisionRecord& row, ActionLabel judged) {
    return judged == ActionLabel::justified ? row.justified : row.unjustified;
}

// A ledger may have lost one of the two that belong together; no label is worth an end of primumd.
void take_back(std::uint32_t& count) {
    count -= count > 0 ? 1 : 0;
}

}  // namespace

std::optional<Judgement> compare(Outcome outcome, bool beats_waiting) {
    switch (outcome) {
        case Outcome::recovered_anyway:
            return Judgement{ActionLabel::unjustified, "recovered_anyway"};
        case Outcome::worse:
            return Judgement{ActionLabel::unjustified, "worse"};
        case Outcome::unchanged:
            return Judgement{ActionLabel::justified, "still_ill"};
        case Outcome::improved:
            return beats_waiting ? Judgement{ActionLabel::justified, "improved"}
                                 : Judgement{ActionLabel::unjustified, "no_better_than_waiting"};
        case Outcome::none:
        case Outcome::inconclusive:
            return std::nullopt;
    }
    return std::nullopt;
}

void PrecisionBook::restore(PrecisionRecord record) {
    Key key{record.target, record.level};
    if (rows_.size() < max_rows_ || rows_.contains(key)) {
        rows_[std::move(key)] = std::move(record);
    }
}

void PrecisionBook::restore(JudgementRecord record) {
    actions_[record.sequence] = std::move(record);
    if (actions_.size() > max_actions_) {
        actions_.erase(actions_.begin());
    }
}

std::optional<PrecisionRecord> PrecisionBook::open(const TargetRule& rule,
                                                   Level level,
                                                   std::uint64_t next_action,
                                                   Stamp now) {
    const Key key{rule.name, level};
    const auto found = rows_.find(key);
    const std::string& digest = meaning_of(rule, level);
    if (found == rows_.end() ? full() : found->second.digest == digest) {
        return std::nullopt;
    }
    PrecisionRecord row;
    row.target = rule.name;
    row.level = level;
    row.digest = digest;
    row.first_action = next_action;
    row.since = row.at = now;
    rows_[key] = row;
    return row;
}

const PrecisionRecord* PrecisionBook::find(const TargetRule& rule, Level level) const {
    const auto found = rows_.find(Key{rule.name, level});
    return found == rows_.end() || found->second.digest != meaning_of(rule, level) ? nullptr
                                                                                   : &found->second;
}

const PrecisionRecord* PrecisionBook::counts_of(const JudgementRecord& judgement) const {
    const auto found = rows_.find(Key{judgement.target, judgement.level});
    const bool counts = found != rows_.end() && !judgement.digest.empty() &&
                        found->second.digest == judgement.digest &&
                        found->second.first_action <= judgement.sequence;
    return counts ? &found->second : nullptr;
}

PrecisionRecord* PrecisionBook::row_of(const JudgementRecord& judgement) {
    return counts_of(judgement) == nullptr
               ? nullptr
               : &rows_.find(Key{judgement.target, judgement.level})->second;
}

const JudgementRecord* PrecisionBook::judgement(const std::string& action) const {
    const auto found = actions_.find(sequence_of(action));
    return found == actions_.end() || found->second.action != action ? nullptr : &found->second;
}

JudgementRecord* PrecisionBook::find_action(const std::string& action) {
    return judgement(action) == nullptr ? nullptr : &actions_.find(sequence_of(action))->second;
}

std::optional<PrecisionRecord> PrecisionBook::note_detected(const TargetRule& rule,
                                                            Level level,
                                                            Stamp now) {
    if (find(rule, level) == nullptr) {
        return std::nullopt;
    }
    PrecisionRecord& row = rows_.find(Key{rule.name, level})->second;
    ++row.detected;
    row.at = now;
    return row;
}

std::optional<PrecisionRecord> PrecisionBook::note_decided(JudgementRecord judgement) {
    const Stamp now = judgement.at;
    std::optional<PrecisionRecord> counts;
    if (PrecisionRecord* row = row_of(judgement)) {
        ++(judgement.dry_run ? row->would_act : row->acted);
        row->at = now;
        counts = *row;
    }
    restore(std::move(judgement));
    return counts;
}

std::optional<Judged> PrecisionBook::note_undecided(const std::string& action, Stamp now) {
    JudgementRecord* known = find_action(action);
    if (known == nullptr) {
        return std::nullopt;
    }
    Judged disowned{*known, std::nullopt};
    disowned.judgement.digest.clear();
    disowned.judgement.reason = known->judged == ActionLabel::none ? "not_recorded" : known->reason;
    disowned.judgement.at = now;
    if (PrecisionRecord* row = row_of(*known)) {
        take_back(known->dry_run ? row->would_act : row->acted);
        if (known->judged != ActionLabel::none) {
            take_back(count_of(*row, known->judged));
        }
        if (known->by == JudgedBy::person) {
            take_back(row->labelled);
        }
        row->at = now;
        disowned.counts = *row;
    }
    *known = disowned.judgement;
    return disowned;
}

std::optional<PrecisionRecord> PrecisionBook::note_recovered(const std::string& action, Stamp now) {
    const JudgementRecord* known = judgement(action);
    PrecisionRecord* row = known == nullptr ? nullptr : row_of(*known);
    if (row == nullptr) {
        return std::nullopt;
    }
    ++row->recovered_anyway;
    row->at = now;
    return *row;
}

std::optional<Judged> PrecisionBook::judge(const std::string& action,
                                           const Judgement& verdict,
                                           Stamp now) {
    JudgementRecord* known = find_action(action);
    if (known == nullptr || known->by == JudgedBy::person ||
        (known->judged == verdict.judged && known->reason == verdict.reason)) {
        return std::nullopt;
    }
    JudgementRecord said = *known;
    said.judged = verdict.judged;
    said.reason = verdict.reason;
    said.at = now;
    return say(*known, said);
}

std::optional<Judged> PrecisionBook::label(const std::string& action,
                                           ActionLabel label,
                                           std::uint32_t uid,
                                           Stamp now) {
    JudgementRecord* known = find_action(action);
    if (known == nullptr || (known->by == JudgedBy::person && known->judged == label)) {
        return std::nullopt;
    }
    JudgementRecord said = *known;
    said.judged = label;
    said.by = JudgedBy::person;
    said.reason = "label";
    said.uid = uid;
    said.at = now;
    return say(*known, said);
}

Judged PrecisionBook::say(JudgementRecord& judgement, const JudgementRecord& now_said) {
    Judged judged{now_said, std::nullopt};
    if (PrecisionRecord* row = row_of(judgement)) {
        if (judgement.judged != ActionLabel::none) {
            take_back(count_of(*row, judgement.judged));
        }
        ++count_of(*row, now_said.judged);
        row->labelled +=
            now_said.by == JudgedBy::person && judgement.by != JudgedBy::person ? 1 : 0;
        row->at = now_said.at;
        judged.counts = *row;
    }
    judgement = now_said;
    return judged;
}

}  // namespace primum::core
