// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/sqlite.hpp"

#include <primum/record.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ledger {

// What is kept at least and at most. Never removed, whatever the bounds: open incidents and all
// that belongs to them, actions that are not finished or whose way back is still open, live holds,
// and every action younger than `budget_window`.
struct Retention {
    Duration age{std::chrono::hours{24 * 90}};
    std::uint64_t decisions = 50'000;
    std::uint64_t transitions = 50'000;
    std::uint64_t incidents = 10'000;
    std::uint64_t operator_commands = 10'000;
};

// Longer than any budget, cooldown or relapse window that the rules allow to be counted in full.
inline constexpr Duration budget_window{std::chrono::hours{26}};

struct StoreOptions {
    std::string path;
    std::string boot_id;
    std::string vfs;  // empty: SQLite's default
    Retention retention;
    std::uint32_t restored_actions = 4'096;    // at most so many, the newest
    std::uint32_t restored_incidents = 1'024;  // closed ones, the newest
    std::uint32_t restored_holds = 256;
    // Baselines, breakers, trials and rows of precision: so many of each.
    std::uint32_t restored_learnt = 20'000;
    std::uint32_t restored_judgements = 4'096;  // the newest of so many actions, the newest
    std::uint32_t checkpoint_pages = 1'000;     // as in OpenOptions
};

// One incident with everything that was decided and done in it, each in the order it happened.
struct IncidentStory {
    RestoredIncident incident;
    std::vector<DecisionRecord> decisions;
    std::vector<RestoredAction> actions;
    std::vector<TransitionRecord> transitions;
};

// A row of the outbox of notices: what is to be told, in the outbox's own words.
struct KeptNotice {
    std::string key;
    std::string body;  // empty: the row goes
    bool operator==(const KeptNotice&) const = default;
};

// Which part of a list.
struct Page {
    std::uint32_t limit = 50;  // at most 1,000 are given
    std::uint64_t before = 0;  // only ids (sequences) below; 0: from the newest
};

struct ChainReport {
    bool intact = true;
    std::uint64_t rows = 0;          // looked at
    std::uint64_t first_broken = 0;  // sequence of the first row that does not fit, 0: none
    std::string what;                // how it does not fit
};

// The ledger's file, synchronous. One thread at a time. Every append is one transaction, durable
// when it returns. Does not log.
class Store {
public:
    // Opens or creates. A file that is corrupt, locked, newer or somebody else's is left exactly as
    // it is, and the error says what to do.
    static LedgerResult<Store> open(StoreOptions options);

    // All of them or none. Errors: io (may pass), refused (one of them contradicts what is
    // stored), corrupt.
    // Notices that come with them are durable when they are, or not.
    LedgerResult<void> append(std::span<const Record> records,
                              std::span<const KeptNotice> notices = {});
    // All that are kept, by key.
    LedgerResult<std::vector<KeptNotice>> notices();

    // One small durable write that changes nothing anybody reads: does the disk take it?
    LedgerResult<void> probe();

    // What a start knows of the past. `ledger_healthy` is true, `disabled` false: the caller knows
    // better. Changes nothing; the same file gives the same answer.
    LedgerResult<RestoredState> restore(Stamp now, bool clock_synchronised);

    // Newest first.
    LedgerResult<std::vector<RestoredIncident>> incidents(Page page);
    // nullopt: no such incident.
    LedgerResult<std::optional<IncidentStory>> incident(std::uint64_t id);
    // Newest first, each with its newest judgement.
    LedgerResult<std::vector<RestoredAction>> actions(Page page);
    // What was decided from `since` on, without the guards' verdicts, in its order; of more than
    // `limit` the newest.
    LedgerResult<std::vector<DecisionRecord>> decisions_since(WallTime since, std::uint32_t limit);
    // Newest first; `before` is not used.
    LedgerResult<std::vector<OperatorRecord>> operator_commands(Page page);

    // The newest judgement of each action whose sequence is in first..last, in their order; at most
    // 1,000.
    LedgerResult<std::vector<JudgementRecord>> judgements(std::uint64_t first, std::uint64_t last);
    // By target and level; of rungs that the rules do not have any more, too.
    LedgerResult<std::vector<PrecisionRecord>> precision();
    // Gives back incidents as they stand, then actions, their transitions, decisions, judgements
    // and commands of people, each kind in its order; without what only a restart needs (plans,
    // facts, attempts).
    LedgerResult<void> each_record(const std::function<void(const Record&)>& take);

    // The text of the rules that were put in force last (rules::split_rules_text reads it); nothing
    // where none ever were.
    LedgerResult<void> keep_rules(const std::string& text);
    LedgerResult<std::optional<std::string>> kept_rules();

    // A whole copy of the database as it is now: a descriptor, for reading, of a file beside it
    // that has no name any more. The caller's to close.
    LedgerResult<int> backup();

    // Walks the chain of action_transitions; then whether the counts of precision can be.
    LedgerResult<ChainReport> verify();

    // Removes what is too old or too much, leaving a checkpoint in the chain. To be called now and
    // then; the work of one call is bounded, `true` says that more is left. What it removes is
    // judged by wall time across boots, and by nothing when the clock is not synchronised.
    LedgerResult<bool> prune(Stamp now, bool clock_synchronised);

    [[nodiscard]] const std::string& uuid() const { return uuid_; }
    [[nodiscard]] const StoreOptions& options() const { return options_; }

private:
    Store(StoreOptions options, Database database)
        : options_(std::move(options)), database_(std::move(database)) {}

    LedgerResult<void> load_uuid();
    LedgerResult<Statement*> statement(std::string_view sql);

    friend class Pruner;

    // Runs one statement of the cache.
    template <class... Values>
    LedgerResult<void> execute(std::string_view sql, const Values&... values) {
        LedgerResult<Statement*> prepared = statement(sql);
        if (!prepared) {
            return fail(std::move(prepared.error()));
        }
        return (*prepared)->bind_all(values...).run();
    }
    template <class T, class... Values>
    LedgerResult<std::vector<T>> select(std::string_view sql, const Values&... values);
    LedgerResult<std::uint64_t> next_id(std::string_view table, std::string_view column);
    LedgerResult<void> restore_ids(RestoredState& state);
    LedgerResult<ChainReport> verify_actions(ChainReport report);
    LedgerResult<ChainReport> verify_precision(ChainReport report);

    LedgerResult<void> put(const IncidentRecord& record);
    LedgerResult<void> put(const DecisionRecord& record);
    LedgerResult<void> put(const ActionRecord& record);
    LedgerResult<void> put(const TransitionRecord& record);
    LedgerResult<void> put_transition(const TransitionRecord& record, const Sha256& intent);
    LedgerResult<void> put(const HoldRecord& record);
    LedgerResult<void> put(const OperatorRecord& record);
    LedgerResult<void> put(const BaselineRecord& record);
    LedgerResult<void> put(const BreakerRecord& record);
    LedgerResult<void> put(const TrialRecord& record);
    LedgerResult<void> put(const ProviderRecord& record);
    LedgerResult<void> put(const JudgementRecord& record);
    LedgerResult<void> put(const PrecisionRecord& record);
    LedgerResult<void> restore_precision(RestoredState& state);
    LedgerResult<void> add_judgements(std::vector<RestoredAction>& actions);
    LedgerResult<void> put(const KeptNotice& notice);
    LedgerResult<void> restore_learnt(RestoredState& state);

    StoreOptions options_;
    Database database_;
    std::string uuid_;
    std::map<std::string, Statement, std::less<>> statements_;
};

}  // namespace primum::ledger
