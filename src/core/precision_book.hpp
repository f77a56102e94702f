// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace primum::core {

// What a rung means: the digest under which its counts are kept.
inline const std::string& meaning_of(const TargetRule& rule, Level level) {
    const std::string& digest = rule.level_digests[index_of(level)];
    return digest.empty() ? rule.digest : digest;
}

// Whether a rung is counted: those that the rules name, and the first, into which every incident
// comes.
inline bool is_counted(const TargetRule& rule, Level level) {
    return level == Level::observe || rule.rungs[index_of(level)].named;
}

// What is said of an action, and the stable code of why.
struct Judgement {
    ActionLabel judged = ActionLabel::none;
    std::string_view reason;
};

// The causal comparison: what verification found, against what doing nothing does.
//
// Dry-run: recovered anyway is unjustified, for it was not needed; still ill at the end of `verify`
// is justified. Real: worse is unjustified; improved is justified, unless the remedy does not beat
// waiting (TrialBook), for then the recovery is not its doing; unchanged is justified, as a
// detection. Nothing when it is inconclusive.
std::optional<Judgement> compare(Outcome outcome, bool beats_waiting);

// A judgement to be written down, and the counts it moved, where it moved any.
struct Judged {
    JudgementRecord judgement;
    std::optional<PrecisionRecord> counts;
};

// How often each rung was right, and what was said of the newest actions.
//
// An action counts where it was decided: once its rung means something else its counts begin anew,
// and what is said of it later moves none. Bounded by rows and by actions; at the first bound no
// row is added, at the second the oldest action is forgotten, after which a label moves no count.
class PrecisionBook {
public:
    PrecisionBook(std::size_t rows, std::size_t actions) : max_rows_(rows), max_actions_(actions) {}

    void restore(PrecisionRecord record);
    void restore(JudgementRecord record);

    // Makes the row of a rung, unless it is there and means the same. The record when it is new.
    std::optional<PrecisionRecord> open(const TargetRule& rule,
                                        Level level,
                                        std::uint64_t next_action,
                                        Stamp now);
    // Null when nothing is counted of the rung as it is now.
    [[nodiscard]] const PrecisionRecord* find(const TargetRule& rule, Level level) const;
    // Whether no further row can be made.
    [[nodiscard]] bool full() const { return rows_.size() >= max_rows_; }
    // Forgets rows of which `is_wanted(target)` says no.
    template <class Predicate>
    void keep_only(Predicate is_wanted) {
        std::erase_if(rows_, [&](const auto& entry) { return !is_wanted(entry.second.target); });
    }

    // Each gives the counts as they stand then; nothing when the rung has no row.
    std::optional<PrecisionRecord> note_detected(const TargetRule& rule, Level level, Stamp now);
    // `judgement` is an action's first: see JudgementRecord.
    std::optional<PrecisionRecord> note_decided(JudgementRecord judgement);
    // The intent of the action never became durable: it was none, and counts for no rule.
    std::optional<Judged> note_undecided(const std::string& action, Stamp now);
    // A dry-run action, and it recovered without.
    std::optional<PrecisionRecord> note_recovered(const std::string& action, Stamp now);

    // The comparison's word. Nothing when a person has spoken already, it is what was said before,
    // or the action is not known.
    std::optional<Judged> judge(const std::string& action, const Judgement& verdict, Stamp now);
    // A person's word. Nothing when that is what a person has said before, or it is not known.
    std::optional<Judged> label(const std::string& action,
                                ActionLabel label,
                                std::uint32_t uid,
                                Stamp now);
    // What was said of it last; null when it is not known, or too old.
    [[nodiscard]] const JudgementRecord* judgement(const std::string& action) const;
    // The counts that the action is in, or would be; null when it is in none.
    [[nodiscard]] const PrecisionRecord* counts_of(const JudgementRecord& judgement) const;

    static void members(auto& archive, auto& it) { archive(it.rows_, it.actions_); }

private:
    using Key = std::tuple<std::string, Level>;

    [[nodiscard]] JudgementRecord* find_action(const std::string& action);
    [[nodiscard]] PrecisionRecord* row_of(const JudgementRecord& judgement);
    Judged say(JudgementRecord& judgement, const JudgementRecord& now_said);

    std::size_t max_rows_;
    std::size_t max_actions_;
    std::map<Key, PrecisionRecord> rows_;
    std::map<std::uint64_t, JudgementRecord> actions_;  // by sequence
};

}  // namespace primum::core
