// SPDX-License-Identifier: MIT
#include "ledger/schema.hpp"

#include "ledger_fixture.hpp"

#include <gmock/gmock.h>

namespace primum::ledger {
namespace {

using testing::ElementsAre;

class SchemaTest : public LedgerFixture {};

// What the first version of primum wrote.
constexpr const char* old_incident = R"sql(
INSERT INTO incidents VALUES(7, 'gateway', 1, 2, 'boot-a', 1, 2, 'boot-a', 0, 0, '', 1, 0,
    'retry', 'retry', 'waiting', 'unit failed', 2, 'steady', '0 0 1 0 0 0', '0 0 0 0 0 0', '', 0, 0)
)sql";

TEST_F(SchemaTest, AFileOfTheFirstVersionIsTakenOver) {
    {
        auto database = Database::open(path());
        ASSERT_TRUE(database.has_value());
        ASSERT_TRUE(database->migrate(schema_migrations().first(1)).has_value());
        ASSERT_TRUE(database->exec(old_incident).has_value());
    }
    auto store = Store::open(options());
    ASSERT_TRUE(store.has_value()) << store.error().message;
    const auto state = store->restore(stamp(0), true);
    ASSERT_TRUE(state.has_value()) << state.error().message;
    ASSERT_EQ(state->incidents.size(), 1U);
    const IncidentRecord& incident = state->incidents[0].incident;
    EXPECT_EQ(incident.id, 7U);
    EXPECT_EQ(incident.held_back_since, (Stamp{instant_from_us(0), wall_from_us(0)}));
    EXPECT_EQ(incident.changes, 0U);
}

TEST_F(SchemaTest, WhatWasLearntComesBack) {
    const BaselineRecord baseline{"gateway", "latency", "digest", 500, "state", stamp(1)};
    const BreakerRecord breaker{"", true, "worse", "two of them", 0, 7, stamp(2)};
    const TrialRecord trial{"gateway", Level::restart, 0, "ab12", 3, 1, 2, true, stamp(3)};
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store.has_value());
        const std::vector<Record> records{baseline, breaker, trial};
        ASSERT_TRUE(store->append(records).has_value());
        ASSERT_TRUE(store->append(records).has_value()) << "the newest replaces the one before";
    }
    auto store = Store::open(options("boot-b"));
    const auto state = store->restore(stamp(10), true);
    ASSERT_TRUE(state.has_value());
    EXPECT_THAT(state->baselines, ElementsAre(baseline));
    EXPECT_THAT(state->trials, ElementsAre(trial));
    ASSERT_EQ(state->breakers.size(), 1U);
    EXPECT_EQ(state->breakers[0].breaker, breaker);
    EXPECT_EQ(state->breakers[0].at.boot_id, "boot-a");
}

// A mark keeps the boot it was made in; what is written again later keeps it, too.
TEST_F(SchemaTest, ProvidersComeBack) {
    ProviderRecord record{"upstream", "west", CandidateState::dead, "p99 over 2 s", true, true, 7};
    record.fell_again = 2;
    record.until = stamp(hour_us);
    record.last_checked = stamp(1);
    record.at = stamp(2);
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(std::vector<Record>{record}).has_value());
    }
    record.note = "still";
    {
        auto store = Store::open(options("boot-b"));
        ASSERT_TRUE(store->append(std::vector<Record>{record}).has_value());
    }
    auto store = Store::open(options("boot-c"));
    const auto state = store->restore(stamp(10), true);
    ASSERT_TRUE(state.has_value()) << state.error().message;
    ASSERT_EQ(state->providers.size(), 1U);
    EXPECT_EQ(state->providers[0].provider, record);
    EXPECT_EQ(state->providers[0].until.boot_id, "boot-a");
    EXPECT_EQ(state->providers[0].at.boot_id, "boot-b");
}

}  // namespace
}  // namespace primum::ledger
