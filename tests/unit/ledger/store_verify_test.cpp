// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"
#include "ledger_fixture.hpp"

namespace primum::ledger {
namespace {

class StoreVerifyTest : public LedgerFixture {
protected:
    void SetUp() override {
        auto store = Store::open(options());
        ASSERT_TRUE(store.has_value());
        ASSERT_TRUE(store->append(whole_story(1, 1)).has_value());
        ASSERT_TRUE(store->append(whole_story(2, 1)).has_value());
    }

    // What verify() says of a copy that somebody wrote to past the ledger.
    ChainReport after(const std::string& sql) {
        StoreOptions copy = options();
        copy.path = directory_ / "copy.sqlite";
        std::filesystem::copy_file(
            path(), copy.path, std::filesystem::copy_options::overwrite_existing);
        {
            auto database = Database::open(copy.path);
            const std::string free =
                "PRAGMA foreign_keys=OFF; DROP TRIGGER action_transitions_no_update;"
                "DROP TRIGGER action_transitions_no_delete;";
            const auto done = database->exec((free + sql).c_str());
            EXPECT_TRUE(done.has_value()) << done.error().message;
        }
        auto store = Store::open(copy);
        const auto report = store->verify();
        EXPECT_TRUE(report.has_value());
        return report.value_or(ChainReport{});
    }
};

TEST_F(StoreVerifyTest, AnUntouchedChainIsIntact) {
    const ChainReport report = after("SELECT 1");
    EXPECT_TRUE(report.intact) << report.what;
    EXPECT_EQ(report.rows, 8U);
    EXPECT_EQ(report.first_broken, 0U);
}

TEST_F(StoreVerifyTest, FindsAChangedRow) {
    for (const char* change : {"reason = 'x'",
                               "took_us = 1",
                               "at_wall_us = at_wall_us + 1",
                               "result = 'failed'",
                               "at_boot = 'x'",
                               "hash = x'00'",
                               "record_hash = zeroblob(3)"}) {
        const ChainReport report =
            after(std::string{"UPDATE action_transitions SET "} + change + " WHERE sequence = 3");
        EXPECT_FALSE(report.intact) << change;
        EXPECT_EQ(report.first_broken, 3U) << change;
    }
}

TEST_F(StoreVerifyTest, FindsARowThatWasRemoved) {
    const ChainReport report = after("DELETE FROM action_transitions WHERE sequence = 2");
    EXPECT_FALSE(report.intact);
    EXPECT_EQ(report.first_broken, 3U);
    EXPECT_EQ(report.what, "rows before it are missing");
}

TEST_F(StoreVerifyTest, FindsAForgedCheckpoint) {
    const ChainReport report = after(
        "DELETE FROM action_transitions WHERE sequence = 2;"
        "INSERT INTO chain_checkpoints VALUES(2, 2, x'00', x'00')");
    EXPECT_FALSE(report.intact);
    EXPECT_EQ(report.first_broken, 3U);
}

TEST_F(StoreVerifyTest, FindsAnIntentThatWasRewritten) {
    const ChainReport report = after("UPDATE actions SET target = 'other' WHERE sequence = 2");
    EXPECT_FALSE(report.intact);
    EXPECT_EQ(report.first_broken, 5U);
    EXPECT_EQ(report.what, "the action uuid-2 is not what was intended");
}

TEST_F(StoreVerifyTest, FindsAChangedColumnOfAnAction) {
    for (const char* change : {"provider = 'x'",
                               "from_candidate = 'x'",
                               "candidate = 'x'",
                               "way_back = 'call'",
                               "operator_uid = 0"}) {
        EXPECT_FALSE(
            after(std::string{"UPDATE actions SET "} + change + " WHERE sequence = 2").intact)
            << change;
    }
}

TEST_F(StoreVerifyTest, FindsAnIntentThatWasInvented) {
    const ChainReport report = after(
        "INSERT INTO actions SELECT 9, 'uuid-9', incident, target, unit, level, remedy_index, kind,"
        " plan_digest, dry_run, streak, intended_t_us, intended_wall_us, intended_boot, guards,"
        " evidence, candidate, provider, from_candidate, way_back, operator_uid FROM actions"
        " WHERE sequence = 1");
    EXPECT_FALSE(report.intact);
    EXPECT_EQ(report.what, "the action uuid-9 is not what was intended");
}

}  // namespace
}  // namespace primum::ledger
