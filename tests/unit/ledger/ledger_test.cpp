// SPDX-License-Identifier: MIT
#include "ledger/ledger.hpp"

#include "../../crash/fault_vfs.hpp"
#include "ledger_fixture.hpp"

#include <sqlite3.h>

#include <poll.h>

namespace primum::ledger {
namespace {

class LedgerTest : public LedgerFixture {
protected:
    void SetUp() override { fault::clear(); }
    void TearDown() override {
        fault::release();
        fault::clear();
    }

    static LedgerOptions quick() {
        LedgerOptions options;
        options.retry_initial = Duration{1'000};
        options.retry_max = Duration{4'000};
        return options;
    }
    [[nodiscard]] StoreOptions faulty() const {
        StoreOptions faulty = options();
        faulty.vfs = fault::vfs_name;
        return faulty;
    }
    [[nodiscard]] Ledger make(LedgerOptions ledger_options = quick()) const {
        auto store = Store::open(faulty());
        EXPECT_TRUE(store.has_value());
        return Ledger{std::move(*store), faulty(), ledger_options};
    }

    // Waits until `count` events came (or 10 s have passed) and gives them all as text.
    static std::vector<std::string> wait_for(Ledger& ledger, std::size_t count) {
        std::vector<std::string> texts;
        while (texts.size() < count) {
            pollfd ready{ledger.fd(), POLLIN, 0};
            if (poll(&ready, 1, 10'000) != 1) {
                ADD_FAILURE() << "no news within 10 s";
                break;
            }
            LedgerNewsBatch news = ledger.drain();
            for (const LedgerEvent& event : news.events) {
                texts.push_back(std::string{name_of(event.news)} + " " + event.action);
            }
            for (const auto& answer : news.answers) {
                answer();
            }
        }
        return texts;
    }
    using Texts = std::vector<std::string>;
};

TEST_F(LedgerTest, AnswersEachIntentOnceItIsDurable) {
    {
        Ledger ledger = make();
        ASSERT_TRUE(ledger.submit({incident(1, 1), action(1, 1, 1)}, stamp(1).t));
        ASSERT_TRUE(ledger.submit({action(2, 1, 2), action(3, 1, 2)}, stamp(2).t));
        EXPECT_EQ(wait_for(ledger, 3),
                  (Texts{"committed uuid-1", "committed uuid-2", "committed uuid-3"}));
        EXPECT_FALSE(ledger.oldest_pending().has_value());
        EXPECT_EQ(ledger.counters().batches, 2U);
        EXPECT_EQ(ledger.counters().records, 4U);
        EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
    }
    EXPECT_EQ(Store::open(options())->actions({})->size(), 3U);
}

TEST_F(LedgerTest, ADryRunIntentIsWrittenAndNotAnswered) {
    Ledger ledger = make();
    ActionRecord dry = action(1, 1, 1);
    dry.dry_run = true;
    ASSERT_TRUE(ledger.submit({incident(1, 1), dry}, stamp(1).t));
    ASSERT_TRUE(ledger.submit({action(2, 1, 1)}, stamp(1).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-2"});
    EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
    EXPECT_EQ(Store::open(options())->actions({})->size(), 2U);
}

TEST_F(LedgerTest, AFullDiskFailsTheIntentsAndKeepsTheRest) {
    Ledger ledger = make();
    ASSERT_TRUE(ledger.submit({incident(1, 1), action(1, 1, 1)}, stamp(1).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-1"});
    fault::set_plan({1, fault::Death::none, SQLITE_FULL, true});
    ASSERT_TRUE(ledger.submit({incident(2, 2), action(2, 2, 2)}, stamp(2).t));
    EXPECT_EQ(wait_for(ledger, 2), (Texts{"unhealthy ", "failed uuid-2"}));
    EXPECT_FALSE(ledger.healthy());
    EXPECT_FALSE(ledger.problem().empty());
    EXPECT_EQ(ledger.oldest_pending(), stamp(2).t);
    // What comes while it is unhealthy fares the same, at once.
    ASSERT_TRUE(ledger.submit({action(3, 2, 3), hold(1, 0, 9)}, stamp(3).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"failed uuid-3"});
    fault::clear();
    EXPECT_EQ(wait_for(ledger, 1), Texts{"healthy "});
    ASSERT_TRUE(ledger.submit({action(4, 2, 4)}, stamp(4).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-4"});
    EXPECT_EQ(ledger.counters().failed_intents, 2U);
    EXPECT_EQ(ledger.counters().queued_records, 0U);
    EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
    auto store = Store::open(options());
    EXPECT_EQ(store->incidents({})->size(), 2U);
    EXPECT_EQ(store->actions({})->size(), 2U);
    EXPECT_EQ(store->restore(stamp(5), true)->next_hold, 2U);
    EXPECT_TRUE(store->verify()->intact);
}

TEST_F(LedgerTest, RecoversThoughNothingIsLeftToBeWritten) {
    Ledger ledger = make();
    ASSERT_TRUE(ledger.submit({incident(1, 1)}, stamp(1).t));
    fault::set_plan({1, fault::Death::none, SQLITE_IOERR, true});
    ASSERT_TRUE(ledger.submit({action(1, 1, 1)}, stamp(1).t));
    Texts texts = wait_for(ledger, 2);
    fault::clear();
    const Texts more = wait_for(ledger, 1);
    texts.insert(texts.end(), more.begin(), more.end());
    EXPECT_EQ(texts, (Texts{"unhealthy ", "failed uuid-1", "healthy "}));
}

TEST_F(LedgerTest, AHangIsSeenFromOutsideAndStopsNobody) {
    Ledger ledger = make();
    fault::hang();
    ASSERT_TRUE(ledger.submit({incident(1, 1), action(1, 1, 1)}, stamp(1).t));
    ASSERT_TRUE(ledger.submit({hold(1, 0, 9)}, stamp(5).t));
    EXPECT_EQ(ledger.oldest_pending(), stamp(1).t);
    EXPECT_TRUE(ledger.healthy());
    EXPECT_TRUE(ledger.drain().events.empty());
    fault::release();
    EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-1"});
}

TEST_F(LedgerTest, StopGivesUpOnAHungDiskAtItsDeadline) {
    Ledger ledger = make();
    fault::hang();
    ASSERT_TRUE(ledger.submit({incident(1, 1)}, stamp(1).t));
    EXPECT_FALSE(ledger.stop(Duration{1'000}));
    EXPECT_FALSE(ledger.submit({incident(2, 1)}, stamp(1).t));
    fault::release();
    EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
}

TEST_F(LedgerTest, RefusesWhatDoesNotFitItsQueue) {
    LedgerOptions small = quick();
    small.max_batches = 2;
    small.max_records = 3;
    Ledger ledger = make(small);
    fault::hang();
    ASSERT_TRUE(ledger.submit({incident(1, 1), incident(2, 1)}, stamp(1).t));
    EXPECT_FALSE(ledger.submit({action(1, 1, 1), incident(3, 1)}, stamp(1).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"failed uuid-1"});
    EXPECT_TRUE(ledger.submit({incident(3, 1)}, stamp(1).t));
    EXPECT_FALSE(ledger.submit({}, stamp(1).t));
    EXPECT_EQ(ledger.counters().refused_batches, 2U);
    fault::release();
}

TEST_F(LedgerTest, ARecordThatContradictsTheFileIsDroppedAlone) {
    Ledger ledger = make();
    ASSERT_TRUE(ledger.submit({incident(1, 1)}, stamp(1).t));
    ASSERT_TRUE(ledger.submit(
        {transition(9, ActionState::started, 2), incident(2, 2), action(1, 1, 2), hold(1, 0, 9)},
        stamp(2).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"failed uuid-1"});
    ASSERT_TRUE(ledger.submit({action(2, 2, 3)}, stamp(3).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-2"});
    EXPECT_EQ(ledger.counters().rejected_records, 1U);
    EXPECT_EQ(ledger.counters().queued_records, 0U);
    EXPECT_TRUE(ledger.healthy());
    EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
    auto store = Store::open(options());
    EXPECT_EQ(store->incidents({})->size(), 2U);
    EXPECT_EQ(store->restore(stamp(5), true)->holds.size(), 1U);
}

TEST_F(LedgerTest, AQueryIsAnsweredOnTheLoop) {
    Ledger ledger = make();
    ASSERT_TRUE(ledger.submit({incident(1, 1)}, stamp(1).t));
    auto found = std::make_shared<std::size_t>(0);
    bool answered = false;
    ASSERT_TRUE(
        ledger.submit_query([found](Store& store) { *found = store.incidents({}).value().size(); },
                            [&answered](bool ran) { answered = ran; }));
    while (!answered) {
        pollfd ready{ledger.fd(), POLLIN, 0};
        ASSERT_EQ(poll(&ready, 1, 10'000), 1);
        for (const auto& answer : ledger.drain().answers) {
            answer();
        }
    }
    EXPECT_LE(*found, 1U);
}

TEST_F(LedgerTest, BoundsTheQueriesThatWait) {
    LedgerOptions small = quick();
    small.max_queries = 1;
    Ledger ledger = make(small);
    fault::hang();
    ASSERT_TRUE(ledger.submit({incident(1, 1)}, stamp(1).t));
    bool refused = false;
    for (int i = 0; i < 3 && !refused; ++i) {
        refused = !ledger.submit_query([](Store&) {}, [](bool) {});
    }
    EXPECT_TRUE(refused);
    fault::release();
}

TEST_F(LedgerTest, WithoutAStoreItIsUnhealthyAndAnswersEverybody) {
    StoreOptions nowhere = options();
    nowhere.path = "/nonexistent/ledger.sqlite";
    Ledger ledger{std::nullopt, nowhere, quick()};
    EXPECT_FALSE(ledger.healthy());
    EXPECT_FALSE(ledger.submit({incident(1, 1), action(1, 1, 1)}, stamp(1).t));
    bool ran = true;
    ASSERT_TRUE(ledger.submit_query([](Store&) {}, [&ran](bool did) { ran = did; }));
    EXPECT_EQ(wait_for(ledger, 2), (Texts{"unhealthy ", "failed uuid-1"}));
    while (ran) {
        pollfd ready{ledger.fd(), POLLIN, 0};
        ASSERT_EQ(poll(&ready, 1, 10'000), 1);
        for (const auto& answer : ledger.drain().answers) {
            answer();
        }
    }
    EXPECT_FALSE(ledger.oldest_pending().has_value());
}

TEST_F(LedgerTest, AStoreThatCanBeOpenedLateAsksForARestart) {
    StoreOptions late = options();
    late.path = directory_ / "late" / "ledger.sqlite";
    Ledger ledger{std::nullopt, late, quick()};
    EXPECT_EQ(wait_for(ledger, 1), Texts{"unhealthy "});
    std::filesystem::create_directory(directory_ / "late");
    pollfd ready{ledger.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&ready, 1, 10'000), 1);
    const LedgerNewsBatch news = ledger.drain();
    EXPECT_TRUE(news.restart_wanted);
    EXPECT_TRUE(news.events.empty());
    EXPECT_FALSE(ledger.healthy());
    EXPECT_FALSE(ledger.submit({incident(1, 1)}, stamp(1).t));
}

TEST_F(LedgerTest, PrunesOnItsThread) {
    Ledger ledger = make();
    constexpr std::int64_t late = 200 * 24 * hour_us;
    ASSERT_TRUE(ledger.submit(whole_story(1, 0), stamp(0).t));
    ASSERT_TRUE(ledger.submit(whole_story(2, late), stamp(0).t));
    EXPECT_EQ(wait_for(ledger, 2), (Texts{"committed uuid-1", "committed uuid-2"}));
    ledger.prune(stamp(late), true);
    EXPECT_TRUE(ledger.submit({action(3, 2, late)}, stamp(0).t));
    EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-3"});
    std::size_t left = 2;
    while (left == 2) {
        bool answered = false;
        auto found = std::make_shared<std::size_t>(0);
        ASSERT_TRUE(ledger.submit_query(
            [found](Store& store) { *found = store.incidents({}).value().size(); },
            [&](bool ran) {
                answered = ran;
                left = *found;
            }));
        while (!answered) {
            pollfd ready{ledger.fd(), POLLIN, 0};
            ASSERT_EQ(poll(&ready, 1, 10'000), 1);
            for (const auto& answer : ledger.drain().answers) {
                answer();
            }
        }
    }
    EXPECT_EQ(left, 1U);
}

TEST_F(LedgerTest, NoticesAreDurableWithTheirBatchAndAlone) {
    {
        Ledger ledger = make();
        ASSERT_TRUE(ledger.submit({incident(1, 1), action(1, 1, 2)}, {}, {{"a", "one"}}));
        ASSERT_TRUE(ledger.submit({}, {}, {{"b", "two"}}));
        EXPECT_EQ(wait_for(ledger, 1), Texts{"committed uuid-1"});
        EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
        EXPECT_EQ(ledger.counters().queued_records, 0U);
    }
    const auto kept = Store::open(options())->notices();
    EXPECT_EQ(*kept, (std::vector<KeptNotice>{{"a", "one"}, {"b", "two"}}));
}

// What contradicts the ledger does not take the notices of its batch with it.
TEST_F(LedgerTest, NoticesOutliveARecordThatIsRefused) {
    {
        Ledger ledger = make();
        ASSERT_TRUE(ledger.submit({DecisionRecord{7, "gateway", stamp(2)}}, {}, {{"a", "one"}}));
        EXPECT_TRUE(ledger.stop(std::chrono::seconds{10}));
        EXPECT_EQ(ledger.counters().rejected_records, 1U);
        EXPECT_EQ(ledger.counters().queued_records, 0U);
    }
    EXPECT_EQ(Store::open(options())->notices()->size(), 1U);
}

}  // namespace
}  // namespace primum::ledger
