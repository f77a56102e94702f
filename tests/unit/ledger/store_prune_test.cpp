// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"
#include "ledger_fixture.hpp"

namespace primum::ledger {
namespace {

class StorePruneTest : public LedgerFixture {
protected:
    static constexpr std::int64_t day_us = 24 * hour_us;

    // Prunes until nothing is left to be removed.
    static void prune(Store& store, Stamp now, bool synchronised = true) {
        for (int call = 0; call < 1'000; ++call) {
            const auto more = store.prune(now, synchronised);
            ASSERT_TRUE(more.has_value()) << more.error().message;
            if (!*more) {
                return;
            }
        }
        FAIL() << "pruning does not end";
    }
};

TEST_F(StorePruneTest, RemovesOldStoriesAndLeavesACheckpoint) {
    auto store = Store::open(options());
    for (std::uint64_t id = 1; id <= 3; ++id) {
        ASSERT_TRUE(store->append(whole_story(id, 0)).has_value());
    }
    ASSERT_TRUE(store->append(whole_story(4, 100 * day_us)).has_value());
    prune(*store, stamp(100 * day_us + 10));
    EXPECT_EQ(store->incidents({})->size(), 1U);
    EXPECT_EQ(store->actions({})->size(), 1U);
    const auto report = store->verify();
    EXPECT_TRUE(report->intact) << report->what;
    EXPECT_EQ(report->rows, 4U);
    ASSERT_TRUE(store->append(whole_story(5, 100 * day_us)).has_value());
    EXPECT_TRUE(store->verify()->intact);
}

TEST_F(StorePruneTest, TheNextIdsOutliveWhatWasRemoved) {
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(whole_story(7, 0)).has_value());
        auto records = whole_story(3, 0);
        records.erase(records.begin() + 4);
        records.emplace_back(hold(5, 0, 10));
        ASSERT_TRUE(store->append(records).has_value());
        prune(*store, stamp(100 * day_us));
        EXPECT_EQ(store->incidents({})->size(), 1U);
    }
    auto store = Store::open(options());
    const auto state = store->restore(stamp(100 * day_us), true);
    EXPECT_EQ(state->next_action, 8U);
    EXPECT_EQ(state->next_incident, 8U);
    EXPECT_EQ(state->next_hold, 6U);
}

TEST_F(StorePruneTest, NeverRemovesWhatIsStillNeeded) {
    auto store = Store::open(options());
    const auto story = [&](std::uint64_t id, auto change) {
        auto records = whole_story(id, 0);
        change(records);
        ASSERT_TRUE(store->append(records).has_value());
    };
    story(1, [](auto& records) { records[0] = incident(1, 0); });  // its incident is open
    story(2, [](auto& records) { records.resize(2); });            // only intended
    story(3, [](auto& records) { records.resize(3); });            // started
    story(4, [](auto& records) { records.resize(4); });            // not verified
    story(5, [](auto& records) {                                   // not rolled back
        std::get<TransitionRecord>(records[4]).outcome = Outcome::worse;
    });
    story(6, [](auto& records) {
        records.emplace_back(transition(6, ActionState::rollback_failed, 9));
    });
    story(7, [](auto&) {});
    story(8, [](auto& records) {
        std::get<TransitionRecord>(records[4]).outcome = Outcome::worse;
        records.emplace_back(transition(8, ActionState::rolled_back, 9));
    });
    ASSERT_TRUE(store->append(whole_story(9, 100 * day_us)).has_value());
    prune(*store, stamp(100 * day_us + 10));
    std::vector<std::uint64_t> left;
    const auto actions = store->actions({});
    for (const RestoredAction& item : *actions) {
        left.insert(left.begin(), item.action.sequence);
    }
    EXPECT_EQ(left, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 9}));
    EXPECT_EQ(store->incidents({})->size(), 7U);
    const auto report = store->verify();
    EXPECT_TRUE(report->intact) << report->what;
}

TEST_F(StorePruneTest, KeepsWhatABudgetCountsHoweverMuchThereIs) {
    StoreOptions small = options();
    small.retention.transitions = 1;
    small.retention.incidents = 1;
    auto store = Store::open(small);
    for (std::uint64_t id = 1; id <= 10; ++id) {
        ASSERT_TRUE(store->append(whole_story(id, 0)).has_value());
    }
    prune(*store, stamp(25 * hour_us));
    EXPECT_EQ(store->actions({})->size(), 10U);
    prune(*store, stamp(27 * hour_us));
    EXPECT_EQ(store->actions({})->size(), 1U);
    EXPECT_EQ(store->incidents({})->size(), 1U);
    EXPECT_TRUE(store->verify()->intact);
}

TEST_F(StorePruneTest, KeepsTheNewestWithinItsBoundOfRows) {
    StoreOptions small = options();
    small.retention.transitions = 12;
    small.retention.decisions = 3;
    small.retention.operator_commands = 2;
    auto store = Store::open(small);
    for (std::uint64_t id = 1; id <= 10; ++id) {
        auto records = whole_story(id, 0);
        records.emplace_back(DecisionRecord{id, "gateway", stamp(1)});
        records.emplace_back(OperatorRecord{stamp(1), "hold"});
        ASSERT_TRUE(store->append(records).has_value());
    }
    prune(*store, stamp(2 * day_us));
    const auto actions = store->actions({});
    ASSERT_EQ(actions->size(), 3U);
    EXPECT_EQ(actions->front().action.sequence, 10U);
    EXPECT_EQ(store->operator_commands({})->size(), 2U);
    EXPECT_EQ(store->incident(7).value()->decisions.size(), 0U);
    EXPECT_EQ(store->incident(8).value()->decisions.size(), 1U);
    EXPECT_TRUE(store->verify()->intact);
}

TEST_F(StorePruneTest, DoubtAboutTheTimeRemovesNothing) {
    {
        auto store = Store::open(options("boot-a"));
        for (std::uint64_t id = 1; id <= 3; ++id) {
            ASSERT_TRUE(store->append(whole_story(id, 0)).has_value());
        }
    }
    auto store = Store::open(options("boot-b"));
    const Stamp late{instant_from_us(0), wall_from_us(epoch_us + 200 * day_us)};
    prune(*store, late, false);
    EXPECT_EQ(store->actions({})->size(), 3U);
    prune(*store, late, true);
    EXPECT_EQ(store->actions({})->size(), 1U) << "the newest stays: the chain goes on from it";
}

}  // namespace
}  // namespace primum::ledger
