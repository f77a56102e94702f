// SPDX-License-Identifier: MIT
#include "actuator/action_store.hpp"

#include "remedy/way_back.hpp"
#include "temporary_directory.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>

namespace primum::actuator {
namespace {

constexpr Duration second = std::chrono::seconds{1};
constexpr Duration hour = std::chrono::hours{1};

Stamp at(std::int64_t seconds) {
    return {instant_from_us(seconds * 1'000'000), wall_from_us((1'000'000 + seconds) * 1'000'000)};
}

StoredAction action(const std::string& id, std::int64_t started = 100) {
    StoredAction stored;
    stored.id = id;
    stored.target = "gateway";
    stored.unit = "gateway.service";
    stored.level = Level::restart;
    stored.kind = RemedyKind::restart;
    stored.boot_id = "this";
    stored.started = at(started);
    stored.timeout = 90 * second;
    stored.invocation_before = "aa";
    return stored;
}

ActionEnd end(ActionResult result, std::int64_t when) {
    return {result, Refusal::none, "bb", "the restart job is done", at(when), {}};
}

class ActionStoreTest : public testing::Test {
protected:
    ActionStoreTest() { open(); }

    // Ends what was there before, as a new start of the actuator does.
    void open(const std::string& boot_id = "this") {
        store_.reset();
        auto opened = ActionStore::open(directory_.path("actuator.db"), boot_id);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        store_.emplace(std::move(*opened));
    }
    StoredAction found(const std::string& id) {
        const auto stored = store_->find(id);
        EXPECT_TRUE(stored.has_value() && stored->has_value()) << id;
        return stored.has_value() && stored->has_value() ? **stored : StoredAction{};
    }
    std::uint32_t count(Duration per, std::int64_t now, const std::string& target = {}) {
        return store_->count(per, at(now), target, std::nullopt).value_or(999);
    }

    TemporaryDirectory directory_;
    std::optional<ActionStore> store_;
};

TEST_F(ActionStoreTest, AnUnknownIdIsNotThere) {
    const auto stored = store_->find("a-1");
    ASSERT_TRUE(stored.has_value());
    EXPECT_FALSE(stored->has_value());
}

TEST_F(ActionStoreTest, AStartedActionIsThereAfterANewStart) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    open();
    auto expected = action("a-1");
    EXPECT_EQ(found("a-1"), expected);
    const auto left = store_->unfinished();
    ASSERT_TRUE(left.has_value());
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ(left->front(), expected);
}

TEST_F(ActionStoreTest, AnIdStartsOnce) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    const auto again = store_->start(action("a-1"));
    ASSERT_FALSE(again.has_value());
    EXPECT_TRUE(again.error().contradicts);
}

TEST_F(ActionStoreTest, ABuriedIdNeverStarts) {
    ASSERT_TRUE(store_->bury("a-1", at(5)).has_value());
    open();
    EXPECT_EQ(found("a-1").state, StoredState::tombstone);
    const auto started = store_->start(action("a-1"));
    ASSERT_FALSE(started.has_value());
    EXPECT_TRUE(started.error().contradicts);
    EXPECT_TRUE(store_->unfinished()->empty());
}

TEST_F(ActionStoreTest, BuryingAKnownIdChangesNothing) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    ASSERT_TRUE(store_->bury("a-1", at(500)).has_value());
    EXPECT_EQ(found("a-1"), action("a-1"));
}

TEST_F(ActionStoreTest, TheEndIsThereAfterANewStart) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    ASSERT_TRUE(store_->note_job("a-1", "/org/freedesktop/systemd1/job/7").has_value());
    ASSERT_TRUE(store_->finish("a-1", end(ActionResult::done, 101)).has_value());
    open();
    const auto stored = found("a-1");
    EXPECT_EQ(stored.state, StoredState::finished);
    EXPECT_EQ(stored.job, "/org/freedesktop/systemd1/job/7");
    EXPECT_EQ(stored.result, ActionResult::done);
    EXPECT_EQ(stored.invocation_after, "bb");
    EXPECT_EQ(stored.finished, at(101));
    EXPECT_TRUE(store_->unfinished()->empty());
}

TEST_F(ActionStoreTest, AnEndIsWrittenOnceAndWhatIsLateBesideIt) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    ASSERT_TRUE(store_->finish("a-1", end(ActionResult::ambiguous, 190)).has_value());
    ASSERT_TRUE(store_->finish("a-1", end(ActionResult::done, 300)).has_value());
    ASSERT_TRUE(store_->note_late("a-1", "done: at last").has_value());
    EXPECT_EQ(found("a-1").result, ActionResult::ambiguous);
    EXPECT_EQ(found("a-1").finished, at(190));
    EXPECT_EQ(found("a-1").late_result, "done: at last");
}

TEST_F(ActionStoreTest, TheBudgetCountsWhatStartedWithinItsWindow) {
    ASSERT_TRUE(store_->start(action("a-1", 100)).has_value());
    ASSERT_TRUE(store_->start(action("a-2", 3'000)).has_value());
    ASSERT_TRUE(store_->bury("a-3", at(3'000)).has_value());
    EXPECT_EQ(count(hour, 3'100), 2U);
    EXPECT_EQ(count(hour, 3'699), 2U);
    EXPECT_EQ(count(hour, 3'700), 1U);
    EXPECT_EQ(count(hour, 3'100, "gateway"), 2U);
    EXPECT_EQ(count(hour, 3'100, "postgres"), 0U);
    EXPECT_EQ(store_->count(hour, at(3'100), {}, Level::restart).value_or(9), 2U);
    EXPECT_EQ(store_->count(hour, at(3'100), {}, Level::retry).value_or(9), 0U);
}

// Lesson: a restart of the agent forgets every cooldown.
TEST_F(ActionStoreTest, ANewStartAndANewBootForgetNoBudget) {
    ASSERT_TRUE(store_->start(action("a-1", 100)).has_value());
    open();
    EXPECT_EQ(count(hour, 200), 1U);
    open("next boot");
    EXPECT_EQ(count(hour, 200), 1U);
}

TEST_F(ActionStoreTest, AcrossBootsTheWallClockCountsAndTheFutureIsWithin) {
    ASSERT_TRUE(store_->start(action("a-1", 10'000)).has_value());
    open("next boot");
    EXPECT_EQ(count(hour, 10'100), 1U);
    EXPECT_EQ(count(hour, 13'700), 0U);
    EXPECT_EQ(count(hour, 5), 1U);  // the wall clock was set back
}

TEST_F(ActionStoreTest, AWallClockJumpWithinABootFreesNoBudget) {
    ASSERT_TRUE(store_->start(action("a-1", 100)).has_value());
    const Stamp jumped{at(200).t, at(1'000'000).wall};
    EXPECT_EQ(store_->count(hour, jumped, {}, std::nullopt).value_or(999), 1U);
}

TEST_F(ActionStoreTest, TheLatestOnAUnitIsOfThisBootAndHadAnEffect) {
    EXPECT_FALSE(store_->latest_on("gateway.service")->has_value());
    ASSERT_TRUE(store_->start(action("a-1", 100)).has_value());
    ASSERT_TRUE(store_->start(action("a-2", 200)).has_value());
    EXPECT_EQ((**store_->latest_on("gateway.service")).id, "a-2");
    auto refused = end(ActionResult::failed, 201);
    refused.refusal = Refusal::disabled;
    ASSERT_TRUE(store_->finish("a-2", refused).has_value());
    EXPECT_EQ((**store_->latest_on("gateway.service")).id, "a-1");
    EXPECT_FALSE(store_->latest_on("b.service")->has_value());
    open("next boot");
    EXPECT_FALSE(store_->latest_on("gateway.service")->has_value());
}

TEST_F(ActionStoreTest, PruningForgetsOldEndsAndNeverWhatIsOpen) {
    ASSERT_TRUE(store_->start(action("open", 1)).has_value());
    ASSERT_TRUE(store_->start(action("old", 1)).has_value());
    ASSERT_TRUE(store_->finish("old", end(ActionResult::done, 2)).has_value());
    ASSERT_TRUE(store_->start(action("new", 1)).has_value());
    ASSERT_TRUE(store_->finish("new", end(ActionResult::done, 500)).has_value());
    ASSERT_TRUE(store_->prune(100 * second, at(550)).has_value());
    EXPECT_TRUE(store_->find("open")->has_value());
    EXPECT_FALSE(store_->find("old")->has_value());
    EXPECT_TRUE(store_->find("new")->has_value());
}

ActionFacts facts() {
    ActionFacts kept;
    kept.evidence = "e-1";
    kept.snapshots = {"sha256:aa", "", "sha256:bb"};
    kept.stored_before = 3;
    return kept;
}

std::string way_back(const std::string& before, const std::string& after) {
    remedy::WayBackRecord record;
    record.files = {{"/etc/x", before, after}};
    return remedy::write_way_back(record);
}

TEST_F(ActionStoreTest, WhatWasKeptIsThereBeforeTheEffectAndAfter) {
    auto started = action("a-1");
    started.order = "{}";
    ASSERT_TRUE(store_->start(started).has_value());
    EXPECT_FALSE(found("a-1").acting);
    ASSERT_TRUE(store_->begin("a-1", "back", facts()).has_value());
    open();
    EXPECT_TRUE(found("a-1").acting);
    EXPECT_EQ(found("a-1").order, "{}");
    EXPECT_EQ(found("a-1").way_back, "back");
    EXPECT_EQ(found("a-1").facts, facts());
    auto ended = end(ActionResult::done, 101);
    ended.facts = facts();
    ended.facts.stored_after = 2;
    ended.facts.lost_state = true;
    ASSERT_TRUE(store_->finish("a-1", ended).has_value());
    EXPECT_EQ(found("a-1").facts, ended.facts);
    EXPECT_FALSE(store_->begin("a-1", "another", {}).has_value());
    EXPECT_EQ(found("a-1").way_back, "back");
}

TEST_F(ActionStoreTest, ARollbackIsWrittenUntilItHasAnEnd) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    EXPECT_FALSE(store_->find_rollback("a-1")->has_value());
    StoredRollback row;
    row.action = "a-1";
    row.state = RollbackState::failed;
    row.code = Refusal::conflict;
    row.conflict = "-x";
    row.boot_id = "this";
    row.started = at(300);
    row.finished = at(301);
    ASSERT_TRUE(store_->put_rollback(row).has_value());
    EXPECT_EQ(**store_->find_rollback("a-1"), row);
    row.state = RollbackState::started;
    row.acting = true;
    row.finished = {};
    ASSERT_TRUE(store_->put_rollback(row).has_value());
    open();
    ASSERT_EQ(store_->unfinished_rollbacks()->size(), 1U);
    EXPECT_EQ(store_->unfinished_rollbacks()->front(), row);
    row.state = RollbackState::done;
    ASSERT_TRUE(store_->put_rollback(row).has_value());
    EXPECT_TRUE(store_->unfinished_rollbacks()->empty());
    row.state = RollbackState::failed;
    const auto again = store_->put_rollback(row);
    ASSERT_FALSE(again.has_value());
    EXPECT_TRUE(again.error().contradicts);
    EXPECT_EQ((**store_->find_rollback("a-1")).state, RollbackState::done);
}

TEST_F(ActionStoreTest, ARollbackNeedsItsAction) {
    StoredRollback row;
    row.action = "nobody";
    EXPECT_FALSE(store_->put_rollback(row).has_value());
}

TEST_F(ActionStoreTest, SnapshotsAreNeededWhileAWayBackMayBeTaken) {
    const auto needed = [this](std::int64_t now) {
        const auto ids = store_->needed_snapshots(at(now));
        return ids.has_value() && ids->has_value() ? **ids : std::set<std::string>{"unknown"};
    };
    const std::set<std::string> both{"sha256:aa", "sha256:bb"};
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    ASSERT_TRUE(store_->begin("a-1", way_back("sha256:aa", "sha256:bb"), {}).has_value());
    const std::int64_t days = 86'400;
    EXPECT_EQ(needed(100 * days), both) << "while it has no end";
    ASSERT_TRUE(store_->finish("a-1", end(ActionResult::done, 101)).has_value());
    EXPECT_EQ(needed(29 * days), both);
    EXPECT_TRUE(needed(31 * days).empty());
    StoredRollback row;
    row.action = "a-1";
    row.acting = true;
    ASSERT_TRUE(store_->put_rollback(row).has_value());
    EXPECT_EQ(needed(31 * days), both) << "while its rollback has no end";
    ASSERT_TRUE(store_->prune(days * second, at(100 * days)).has_value());
    EXPECT_TRUE(store_->find("a-1")->has_value());
    row.state = RollbackState::done;
    ASSERT_TRUE(store_->put_rollback(row).has_value());
    EXPECT_TRUE(needed(200).empty());
    ASSERT_TRUE(store_->prune(days * second, at(100 * days)).has_value());
    EXPECT_FALSE(store_->find("a-1")->has_value());
    EXPECT_FALSE(store_->find_rollback("a-1")->has_value());
}

TEST_F(ActionStoreTest, AWayBackThatCannotBeReadKeepsEverything) {
    ASSERT_TRUE(store_->start(action("a-1")).has_value());
    ASSERT_TRUE(store_->begin("a-1", "{", {}).has_value());
    const auto needed = store_->needed_snapshots(at(200));
    ASSERT_TRUE(needed.has_value());
    EXPECT_FALSE(needed->has_value());
}

// Databases as earlier versions wrote them.
constexpr const char* of_the_first_version = R"sql(
CREATE TABLE actions (id TEXT PRIMARY KEY, state TEXT NOT NULL CHECK (state IN
    ('started', 'finished', 'tombstone')), target TEXT NOT NULL, unit TEXT NOT NULL,
    level TEXT NOT NULL, kind TEXT NOT NULL, operator_uid INTEGER NOT NULL, boot_id TEXT NOT NULL,
    started_us INTEGER NOT NULL, started_wall_us INTEGER NOT NULL, finished_us INTEGER NOT NULL,
    finished_wall_us INTEGER NOT NULL, timeout_us INTEGER NOT NULL,
    invocation_before TEXT NOT NULL, invocation_after TEXT NOT NULL, job TEXT NOT NULL,
    result TEXT NOT NULL, refusal TEXT NOT NULL, detail TEXT NOT NULL, late_result TEXT NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE INDEX actions_by_state ON actions (state);
CREATE INDEX actions_by_start ON actions (started_wall_us);
INSERT INTO actions VALUES ('a-1', 'started', 'gateway', 'gateway.service', 'restart', 'restart',
    4294967295, 'this', 100000000, 5, 0, 0, 90000000, 'aa', '',
    '/org/freedesktop/systemd1/job/7', 'none', 'none', '', '');
PRAGMA user_version = 1;
)sql";
constexpr const char* of_the_second_version = R"sql(
ALTER TABLE actions ADD COLUMN acting        INTEGER NOT NULL DEFAULT 1;
ALTER TABLE actions ADD COLUMN order_text    TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN way_back      TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN evidence      TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN snapshots     TEXT NOT NULL DEFAULT '';
ALTER TABLE actions ADD COLUMN stored_before INTEGER NOT NULL DEFAULT 4294967295;
ALTER TABLE actions ADD COLUMN stored_after  INTEGER NOT NULL DEFAULT 4294967295;
ALTER TABLE actions ADD COLUMN lost_state    INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rollbacks (action TEXT PRIMARY KEY REFERENCES actions (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('started', 'done', 'failed')), acting INTEGER NOT NULL,
    code TEXT NOT NULL, detail TEXT NOT NULL, conflict TEXT NOT NULL,
    invocation_before TEXT NOT NULL, boot_id TEXT NOT NULL, started_us INTEGER NOT NULL,
    started_wall_us INTEGER NOT NULL, finished_us INTEGER NOT NULL,
    finished_wall_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX rollbacks_by_state ON rollbacks (state);
UPDATE actions SET acting = 0, evidence = 'e-1';
INSERT INTO rollbacks VALUES ('a-1', 'done', 1, 'none', 'put back', '', 'aa', 'this', 6, 7, 8, 9);
PRAGMA user_version = 2;
)sql";

TEST(ActionStoreSchemaTest, WhatAnEarlierVersionWroteIsKept) {
    for (const bool newer : {false, true}) {
        SCOPED_TRACE(newer ? "version 2" : "version 1");
        const TemporaryDirectory directory;
        {
            auto database = ledger::Database::open(directory.path("actuator.db"));
            ASSERT_TRUE(database.has_value());
            ASSERT_TRUE(database->exec(of_the_first_version));
            ASSERT_TRUE(!newer || database->exec(of_the_second_version));
        }
        auto store = ActionStore::open(directory.path("actuator.db"), "this");
        ASSERT_TRUE(store.has_value()) << store.error().message;
        const auto row = store->find("a-1");
        ASSERT_TRUE(row.has_value() && row->has_value());
        EXPECT_EQ((**row).job, "/org/freedesktop/systemd1/job/7");
        EXPECT_EQ((**row).acting, !newer) << "of the first version it may have begun";
        EXPECT_EQ((**row).facts.evidence, newer ? "e-1" : "");
        EXPECT_EQ(store->unfinished()->size(), 1U);
        EXPECT_EQ(store->find_rollback("a-1")->has_value(), newer);
    }
}

TEST(LazyStoreTest, IsTriedAgainWhileItCannotBeOpened) {
    const TemporaryDirectory directory;
    LazyStore store(directory.path("later/actuator.db"), "this");
    const auto missing = store.get();
    ASSERT_FALSE(missing.has_value());
    EXPECT_NE(missing.error().message.find("cannot be used"), std::string::npos);
    std::filesystem::create_directory(directory.path("later"));
    EXPECT_TRUE(store.get().has_value());
}

TEST(LazyStoreTest, AFileThatIsNoDatabaseIsRefused) {
    const TemporaryDirectory directory;
    LazyStore store(directory.write("actuator.db", std::string(8'192, 'x')), "this");
    EXPECT_FALSE(store.get().has_value());
}

}  // namespace
}  // namespace primum::actuator
