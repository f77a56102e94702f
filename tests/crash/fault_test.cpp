// SPDX-License-Identifier: MIT
#include "fault_vfs.hpp"
#include "ledger/ledger.hpp"
#include "ledger_dump.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include <poll.h>

namespace primum::ledger {
namespace {

constexpr std::uint64_t intents = 5;

// What the ledger answered to whom.
struct Answers {
    std::set<std::string> committed;
    std::set<std::string> failed;
    bool healthy = true;
};

// Takes news until `enough` is satisfied.
void take_until(Ledger& ledger, Answers& answers, const std::function<bool()>& enough) {
    while (!enough()) {
        pollfd ready{ledger.fd(), POLLIN, 0};
        ASSERT_EQ(poll(&ready, 1, 20'000), 1) << "no news within 20 s";
        for (const LedgerEvent& event : ledger.drain().events) {
            switch (event.news) {
                case LedgerNews::committed:
                    EXPECT_TRUE(answers.committed.insert(event.action).second);
                    break;
                case LedgerNews::failed:
                    EXPECT_TRUE(answers.failed.insert(event.action).second);
                    break;
                case LedgerNews::healthy:
                    EXPECT_FALSE(answers.healthy);
                    answers.healthy = true;
                    break;
                case LedgerNews::unhealthy:
                    EXPECT_TRUE(answers.healthy);
                    answers.healthy = false;
                    break;
            }
        }
    }
}

// Submits as the engine would: an intent with its incident, and once that is durable the rest.
void act(Ledger& ledger, Answers& answers, std::uint64_t id) {
    const auto at = static_cast<std::int64_t>(id * 10);
    const ActionRecord intent = action(id, id, at);
    ASSERT_TRUE(ledger.submit({incident(id, at), intent}, stamp(at).t));
    take_until(ledger, answers, [&] {
        return answers.committed.contains(intent.id) || answers.failed.contains(intent.id);
    });
    if (answers.committed.contains(intent.id)) {
        ASSERT_TRUE(ledger.submit({transition(id, ActionState::started, at + 1)}, stamp(at).t));
        ASSERT_TRUE(ledger.submit({transition(id, ActionState::finished, at + 2)}, stamp(at).t));
    }
}

// A whole life under one plan, and what must be true after it. Whether the plan was reached.
bool live_under(const std::string& path, const fault::Plan& plan) {
    fault::set_plan(plan);
    const StoreOptions options = crash_options(path, fault::vfs_name);
    auto store = Store::open(options);
    if (!store) {
        EXPECT_NE(store.error().kind, ErrorKind::corrupt) << store.error().message;
        fault::clear();
        store = Store::open(options);
        EXPECT_TRUE(store.has_value()) << store.error().message;
        return true;
    }
    LedgerOptions quick;
    quick.retry_initial = Duration{200};
    quick.retry_max = Duration{1'000};
    Answers answers;
    bool reached = false;
    std::uint64_t acted = 0;
    {
        Ledger ledger{std::move(*store), options, quick};
        while (acted < intents) {
            act(ledger, answers, ++acted);
        }
        // The faults stop.
        reached = fault::reached();
        fault::clear();
        // One more may still meet the last fault; what comes after it is taken.
        act(ledger, answers, ++acted);
        if (answers.failed.contains(action(acted, 0, 0).id)) {
            take_until(ledger, answers, [&] { return answers.healthy; });
            act(ledger, answers, ++acted);
        }
        EXPECT_TRUE(answers.committed.contains(action(acted, 0, 0).id)) << "it recovers";
        EXPECT_EQ(answers.committed.size() + answers.failed.size(), acted);
        EXPECT_EQ(ledger.counters().rejected_records, 0U);
        EXPECT_TRUE(ledger.stop(std::chrono::seconds{20}));
    }
    auto after = Store::open(crash_options(path, ""));
    EXPECT_TRUE(after.has_value());
    const auto actions = after->actions({});
    std::set<std::string> present;
    for (const RestoredAction& item : actions.value()) {
        present.insert(item.action.id);
        EXPECT_EQ(item.state, ActionState::finished) << item.action.id;
    }
    EXPECT_EQ(present, answers.committed) << "what was acknowledged is there, what failed is not";
    EXPECT_EQ(after->incidents({})->size(), acted) << "the rest was written in the end";
    const auto chain = after->verify();
    EXPECT_TRUE(chain->intact) << chain->what;
    EXPECT_EQ(chain->rows, 3 * present.size());
    return reached;
}

struct Kind {
    const char* name;
    int error;
    bool lasting;
};

class FaultTest : public testing::TestWithParam<Kind> {};

TEST_P(FaultTest, NoAcknowledgedRecordIsLostWhicheverOperationFails) {
    Scratch scratch;
    std::int64_t at = 1;
    for (bool reached = true; reached && !HasFailure(); ++at) {
        SCOPED_TRACE(fmt::format("operation {} fails", at));
        ASSERT_LT(at, 2'000);
        reached = live_under(scratch.fresh(),
                             {at, fault::Death::none, GetParam().error, GetParam().lasting});
    }
    fault::clear();
    EXPECT_GT(at, 40) << "every operation of a life was made to fail";
}

std::string name_of_kind(const testing::TestParamInfo<Kind>& kind) {
    return kind.param.name;
}

INSTANTIATE_TEST_SUITE_P(Faults,
                         FaultTest,
                         testing::Values(Kind{"io_error_once", SQLITE_IOERR, false},
                                         Kind{"io_error_until_repaired", SQLITE_IOERR, true},
                                         Kind{"full_once", SQLITE_FULL, false},
                                         Kind{"full_until_repaired", SQLITE_FULL, true},
                                         Kind{"sync_error_once", SQLITE_IOERR_FSYNC, false},
                                         Kind{"read_only_until_repaired", SQLITE_READONLY, true}),
                         name_of_kind);

}  // namespace
}  // namespace primum::ledger
