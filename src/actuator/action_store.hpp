// SPDX-License-Identifier: MIT
#pragma once

#include "ledger/sqlite.hpp"

#include <primum/record.hpp>
#include <primum/result.hpp>
#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::actuator {

// Its own database did not take or give something.
struct StoreError {
    std::string message;
    bool contradicts = false;  // what is stored; trying again will not help
};

template <class T>
using StoreResult = Result<T, StoreError>;

// What the actuator knows of an action id.
enum class StoredState : std::uint8_t {
    started,    // the effect may have begun
    finished,   // `result` says how
    tombstone,  // asked after before it was ever started; can never start
};

struct StoredAction {
    std::string id;
    StoredState state = StoredState::started;
    std::string target;
    std::string unit;
    Level level = Level::retry;
    RemedyKind kind = RemedyKind::restart;
    std::uint32_t operator_uid = UINT32_MAX;
    std::string boot_id;
    Stamp started;
    Stamp finished;  // zero before
    Duration timeout{0};
    std::string invocation_before;
    std::string invocation_after;
    std::string job;  // object path; empty before systemd gave it, or where there is none
    // The effect may have begun. Before, only what changes nothing was done.
    bool acting = false;
    std::string order;     // order_text.hpp
    std::string way_back;  // remedy/way_back.hpp; empty: there is none
    ActionFacts facts;
    ActionResult result = ActionResult::none;
    Refusal refusal = Refusal::none;  // nothing was done, and why
    std::string detail;
    std::string late_result;  // what came after the timeout; recorded, changes nothing
    bool operator==(const StoredAction&) const = default;
};

// How an action ended.
struct ActionEnd {
    ActionResult result = ActionResult::ambiguous;
    Refusal refusal = Refusal::none;
    std::string invocation_after;
    std::string detail;
    Stamp at;
    ActionFacts facts;  // all that are known by then
};

// What is known of the rollback of an action; none stands where nobody asked for one.
enum class RollbackState : std::uint8_t {
    started,  // the effect may have begun
    done,     // everything is back
    failed,   // `code` says why
};

struct StoredRollback {
    std::string action;
    RollbackState state = RollbackState::started;
    bool acting = false;  // of failed: something was changed, or may have been
    Refusal code = Refusal::none;
    std::string detail;
    std::string conflict;           // a diff; bounded
    std::string invocation_before;  // of the unit, hex
    std::string boot_id;
    Stamp started;
    Stamp finished;  // zero before
    bool operator==(const StoredRollback&) const = default;
};

// The actuator's database. Every change is durable when it returns.
class ActionStore {
public:
    // `boot_id` is that of now; `vfs` the storage layer of SQLite, empty for its own.
    static StoreResult<ActionStore> open(const std::string& path,
                                         std::string boot_id,
                                         const std::string& vfs = {});

    // One small durable write that nobody reads: does the disk take it?
    StoreResult<void> probe();
    StoreResult<std::optional<StoredAction>> find(const std::string& id);
    // Those that were started and have no end.
    StoreResult<std::vector<StoredAction>> unfinished();
    // The latest of this boot on this unit that had an effect.
    StoreResult<std::optional<StoredAction>> latest_on(const std::string& unit);

    // Refuses an id that is there in any state.
    StoreResult<void> start(const StoredAction& action);
    // The effect may begin now, and this undoes it.
    StoreResult<void> begin(const std::string& id,
                            const std::string& way_back,
                            const ActionFacts& facts);
    StoreResult<void> note_job(const std::string& id, const std::string& job);
    StoreResult<void> finish(const std::string& id, const ActionEnd& end);
    StoreResult<void> note_late(const std::string& id, const std::string& late_result);
    // Makes an unknown id unusable; no effect on one that is known.
    StoreResult<void> bury(const std::string& id, Stamp at);

    // Actions started within `per` before `now`; empty `target` and nullopt `level` mean all.
    // Across boots the wall clock counts, and an action in its future is within.
    StoreResult<std::uint32_t> count(Duration per,
                                     Stamp now,
                                     const std::string& target,
                                     std::optional<Level> level);
    // Ids buried within `per` before `now`, as count().
    StoreResult<std::uint32_t> count_buried(Duration per, Stamp now);
    // Forgets what ended longer ago than `keep` (and has no part in any budget). Across boots the
    // wall clock counts. What has an unfinished rollback stays.
    StoreResult<void> prune(Duration keep, Stamp now);

    // rollback_rows.cpp
    StoreResult<std::optional<StoredRollback>> find_rollback(const std::string& action);
    StoreResult<std::vector<StoredRollback>> unfinished_rollbacks();
    // Writes the row as it is. Refuses to replace one that has an end, unless that was one before
    // its effect.
    StoreResult<void> put_rollback(const StoredRollback& rollback);
    // The snapshots that an action, a rollback or a person may need yet: those of every action that
    // is not finished, or started within way_back_kept before `now` and is not rolled back. Nothing
    // (no error) where a way back that counts cannot be read: then nothing may be thrown away.
    StoreResult<std::optional<std::set<std::string>>> needed_snapshots(Stamp now);

private:
    ActionStore(ledger::Database database, std::string boot_id)
        : database_(std::move(database)), boot_id_(std::move(boot_id)) {}
    StoreResult<std::vector<StoredAction>> read(ledger::Statement& statement);
    StoreResult<std::vector<StoredRollback>> read_rollbacks(std::string_view where,
                                                            const std::string& action);

    ledger::Database database_;
    std::string boot_id_;
};

// The database, opened when it is first needed and tried again while it cannot be.
class LazyStore {
public:
    LazyStore(std::string path, std::string boot_id, std::string vfs = {})
        : path_(std::move(path)), boot_id_(std::move(boot_id)), vfs_(std::move(vfs)) {}

    StoreResult<ActionStore*> get();
    [[nodiscard]] const std::string& boot_id() const { return boot_id_; }

private:
    std::string path_;
    std::string boot_id_;
    std::string vfs_;
    std::optional<ActionStore> store_;
};

}  // namespace primum::actuator
