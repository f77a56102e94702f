// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"

#include "ledger_fixture.hpp"

namespace primum::ledger {
namespace {

using StoreTest = LedgerFixture;

TEST_F(StoreTest, MintsItsUuidOnce) {
    std::string first;
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store.has_value()) << store.error().message;
        first = store->uuid();
    }
    EXPECT_EQ(first.size(), 36U);
    EXPECT_EQ(first[14], '4');
    EXPECT_EQ(Store::open(options())->uuid(), first);
}

TEST_F(StoreTest, ABatchIsWholeOrNotThere) {
    auto store = Store::open(options());
    const std::vector<Record> good{incident(1, 1), action(1, 1, 2)};
    ASSERT_TRUE(store->append(good).has_value());
    // The action is there already.
    const std::vector<Record> bad{incident(2, 3), action(1, 2, 4)};
    const auto refused = store->append(bad);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::refused);
    EXPECT_EQ(store->incidents({})->size(), 1U);
    ASSERT_TRUE(store->append(std::vector<Record>{incident(2, 3)}).has_value());
}

TEST_F(StoreTest, RecordsOfAStepMayComeInAnyOrder) {
    auto store = Store::open(options());
    const std::vector<Record> records{
        DecisionRecord{1, "gateway", stamp(2)}, action(1, 1, 2), incident(1, 1)};
    EXPECT_TRUE(store->append(records).has_value());
}

TEST_F(StoreTest, RefusesWhatRefersToNothing) {
    auto store = Store::open(options());
    for (const Record& record : std::vector<Record>{DecisionRecord{7, "gateway", stamp(2)},
                                                    action(1, 7, 2),
                                                    transition(9, ActionState::started, 3)}) {
        const auto refused = store->append({&record, 1});
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().kind, ErrorKind::refused);
    }
}

TEST_F(StoreTest, TransitionsCannotBeChangedOrRemoved) {
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(whole_story(1, 1)).has_value());
    }
    auto database = Database::open(path());
    EXPECT_FALSE(database->exec("UPDATE action_transitions SET reason = 'x'").has_value());
    EXPECT_FALSE(database->exec("DELETE FROM action_transitions").has_value());
    EXPECT_EQ(database->integer("SELECT count(*) FROM action_transitions").value(), 4);
}

TEST_F(StoreTest, ADamagedFileIsRefusedWithAdvice) {
    {
        auto database = Database::open(path());
        ASSERT_TRUE(database->exec("CREATE TABLE other(x)").has_value());
    }
    const auto store = Store::open(options());
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().kind, ErrorKind::corrupt);
    EXPECT_NE(store.error().message.find(path()), std::string::npos);
    EXPECT_NE(store.error().message.find("move it aside"), std::string::npos);
}

TEST_F(StoreTest, KeepsTheRulesThatWereInForceLast) {
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store.has_value());
        EXPECT_EQ(store->kept_rules().value(), std::nullopt);
        ASSERT_TRUE(store->keep_rules("one").has_value());
        ASSERT_TRUE(store->keep_rules("two\n\"two\"").has_value());
    }
    auto store = Store::open(options("boot-b"));
    EXPECT_EQ(store->kept_rules().value(), "two\n\"two\"");
}

TEST_F(StoreTest, AProbeIsAWriteThatChangesNothing) {
    auto store = Store::open(options());
    ASSERT_TRUE(store->append(whole_story(1, 1)).has_value());
    EXPECT_TRUE(store->probe().has_value());
    EXPECT_TRUE(store->probe().has_value());
    EXPECT_EQ(store->restore(stamp(9), true)->actions.size(), 1U);
    EXPECT_TRUE(store->verify()->intact);
}

}  // namespace
}  // namespace primum::ledger
