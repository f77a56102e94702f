// SPDX-License-Identifier: MIT
#include "ledger/schema.hpp"

#include "ledger_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace primum::ledger {
namespace {

using testing::ElementsAre;

class SchemaTest : public LedgerFixture {};

// What primum wrote when the schema was at each version, by name of column: an open incident whose
// action was carried out and verified, a closed one, a hold, and what an operator said. Every later
// version must take it over as it stands, the hashes of the chain included.
struct Written {
    std::size_t since;  // the first version that has these columns
    const char* rows;
};
constexpr Written written[] = {
    {1, R"sql(
INSERT INTO meta(name, value) VALUES('uuid', '6a1e1f52-3c55-4d0c-9a1e-0d6b8f5a2c11');
INSERT INTO incidents(id, target, opened_t_us, opened_wall_us, opened_boot, updated_t_us,
    updated_wall_us, updated_boot, closed_t_us, closed_wall_us, closed_boot, open, dry_run, level,
    peak, phase, reason, spent, helped, attempts, dry_attempts, exhausted_code, paged,
    in_other_hands)
VALUES
    (6, 'gateway', 1, 1795312800000001, 'boot-a', 2, 1795312800000002, 'boot-a',
     2, 1795312800000002, 'boot-a', 0, 0, 'steady', 'retry', 'steady', 'improved', 2, 'retry',
     '0 0 1 0 0 0', '0 0 0 0 0 0', '', 0, 0),
    (7, 'gateway', 1000000, 1795312801000000, 'boot-a', 9000000, 1795312809000000, 'boot-a',
     0, 0, '', 1, 0, 'retry', 'retry', 'waiting', 'unit failed', 2, 'steady', '0 0 1 0 0 0',
     '0 0 0 0 0 0', '', 0, 0);
INSERT INTO decisions(incident, target, at_t_us, at_wall_us, at_boot, kind, level, reason, detail,
    dry_run, action, guards, evidence)
VALUES(7, 'gateway', 1000000, 1795312801000000, 'boot-a', 'opened', 'steady', 'ill', '', 0, '', '',
    '');
INSERT INTO actions(sequence, id, incident, target, unit, level, remedy_index, kind, plan_digest,
    dry_run, streak, intended_t_us, intended_wall_us, intended_boot, guards, evidence)
VALUES(1, 'old-1', 7, 'gateway', 'gateway.service', 'retry', 0, 'reload', 'ab12', 0, 1, 3000000,
    1795312803000000, 'boot-a', 'cooldown' || char(9) || 'pass' || char(9) || char(10),
    'unit' || char(9) || 'critical' || char(9) || 'failed' || char(9) || 'unit failed (signal)'
    || char(10));
INSERT INTO action_transitions(sequence, action, at_t_us, at_wall_us, at_boot, state, result,
    outcome, reason, detail, took_us, record_hash, hash)
VALUES
    (1, 'old-1', 3000000, 1795312803000000, 'boot-a', 'intended', 'none', 'none', 'condition_met',
     '', 0, x'e75b9d85dcf09da0f20a13f5624c0127f51285cc20cf5fd6e458c6bda0459de6',
     x'bb837ec9f3550e03bc9fd5c3713b2d60bfd630c7cd0b78ae4201bfb946728a98'),
    (2, 'old-1', 4000000, 1795312804000000, 'boot-a', 'started', 'none', 'none', '', '',
     0, x'0000000000000000000000000000000000000000000000000000000000000000',
     x'05aa30f1651509fa34b33a0314893d7c4418eae0a62c2b022b4ca9c1582642eb'),
    (3, 'old-1', 5000000, 1795312805000000, 'boot-a', 'finished', 'done', 'none', '',
     'the reload job is done',
     250000, x'0000000000000000000000000000000000000000000000000000000000000000',
     x'd9c4d39ecd5a26b100b8408ca36e69b300815a441b6f60d1efad1b519582c9a9'),
    (4, 'old-1', 9000000, 1795312809000000, 'boot-a', 'verified', 'done', 'unchanged', 'unchanged',
     'errors is still critical',
     0, x'0000000000000000000000000000000000000000000000000000000000000000',
     x'2b3f1aca2a2728f6ff4b80c7d60287441718982a3b663bfa8e7e674ec0d9e756');
INSERT INTO holds(id, target, disable, uid, reason, from_t_us, from_wall_us, from_boot, until_t_us,
    until_wall_us, until_boot, released)
VALUES(3, 'gateway', 0, 1000, 'migration', 5000000, 1795312805000000, 'boot-a', 7205000000,
    1795320005000000, 'boot-a', 0);
INSERT INTO operator_commands(at_t_us, at_wall_us, at_boot, verb, target, incident, uid, reason,
    accepted, message)
VALUES(5000000, 1795312805000000, 'boot-a', 'hold', 'gateway', 0, 1000, 'migration', 1, 'held');
)sql"},
    {2, R"sql(
INSERT INTO baselines VALUES('gateway', 'latency', 'digest', 500, 'state', 1, 2, 'boot-a');
INSERT INTO breakers VALUES('', 1, 'worse', 'two of them', 0, 7, 1, 2, 'boot-a');
INSERT INTO trials VALUES('gateway', 'restart', 0, 'ab12', 3, 1, 2, 1, 1, 2, 'boot-a');
)sql"},
    {3, R"sql(
INSERT INTO provider_states VALUES('upstream', 'west', 'dead', 'p99 over 2 s', 1, 1, 7, 2, 1, 2,
    3600000000, 1795316400000000, 'boot-a', 1, 2, 'boot-a');
)sql"},
    {5, R"sql(
INSERT INTO notices VALUES('alert/incident/7', '{"kind":"incident"}');
)sql"},
    {6, R"sql(
INSERT INTO judgements VALUES(NULL, 'old-1', 1, 7, 'gateway', 'restart', 0, 'digest', 'justified',
    'comparison', 'improved', 4294967295, 1, 2, 'boot-a');
INSERT INTO precision VALUES('gateway', 'restart', 'digest', 1, 3, 0, 1, 1, 0, 0, 0, 1, 2, 1, 2,
    'boot-a');
)sql"},
};

TEST_F(SchemaTest, AFileOfEveryVersionIsTakenOverWhole) {
    const std::size_t newest = schema_migrations().size();
    ASSERT_GE(newest, 3U);
    for (std::size_t version = 1; version <= newest; ++version) {
        SCOPED_TRACE("version " + std::to_string(version));
        StoreOptions old = options("boot-a");
        old.path = directory_ / ("version_" + std::to_string(version));
        {
            auto database = Database::open(old.path);
            ASSERT_TRUE(database.has_value());
            ASSERT_TRUE(database->migrate(schema_migrations().first(version)).has_value());
            for (const Written& part : written) {
                if (part.since <= version) {
                    const auto done = database->exec(part.rows);
                    ASSERT_TRUE(done.has_value()) << done.error().message;
                }
            }
        }
        auto store = Store::open(old);
        ASSERT_TRUE(store.has_value()) << store.error().message;
        const auto state = store->restore(stamp(10 * second_us), true);
        ASSERT_TRUE(state.has_value()) << state.error().message;
        EXPECT_EQ(state->ledger_uuid, "6a1e1f52-3c55-4d0c-9a1e-0d6b8f5a2c11");
        EXPECT_EQ(state->next_action, 2U);
        EXPECT_EQ(state->next_incident, 8U);
        const auto open = std::find_if(state->incidents.begin(),
                                       state->incidents.end(),
                                       [](const auto& row) { return row.incident.open; });
        ASSERT_NE(open, state->incidents.end());
        EXPECT_EQ(open->incident.id, 7U);
        EXPECT_EQ(open->incident.held_back_since, (Stamp{instant_from_us(0), wall_from_us(0)}));
        ASSERT_EQ(state->holds.size(), 1U);
        EXPECT_EQ(state->holds[0].hold.reason, "migration");
        EXPECT_EQ(state->baselines.size(), version >= 2 ? 1U : 0U);
        EXPECT_EQ(state->breakers.size(), version >= 2 ? 1U : 0U);
        EXPECT_EQ(state->trials.size(), version >= 2 ? 1U : 0U);
        EXPECT_EQ(state->providers.size(), version >= 3 ? 1U : 0U);
        EXPECT_EQ(store->notices().value().size(), version >= 5 ? 1U : 0U);
        EXPECT_EQ(state->judgements.size(), version >= 6 ? 1U : 0U);
        EXPECT_EQ(state->precision.size(), version >= 6 ? 1U : 0U);

        const auto chain = store->verify();
        ASSERT_TRUE(chain.has_value());
        EXPECT_TRUE(chain->intact) << chain->what;
        EXPECT_EQ(chain->rows, 4U);
        const auto story = store->incident(7);
        ASSERT_TRUE(story.has_value() && story->has_value());
        EXPECT_EQ((*story)->decisions.size(), 1U);
        EXPECT_EQ((*story)->transitions.size(), 4U);
        ASSERT_EQ(store->operator_commands({}).value().size(), 1U);
        const std::vector<Record> more{action(2, 7, 11 * second_us)};
        ASSERT_TRUE(store->append(more).has_value()) << "and it is written on";
        EXPECT_TRUE(store->verify().value().intact);
    }
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

TEST_F(SchemaTest, JudgementsAndPrecisionComeBack) {
    JudgementRecord decided;
    decided.action = "a-1";
    decided.sequence = 1;
    decided.incident = 7;
    decided.target = "gateway";
    decided.level = Level::restart;
    decided.dry_run = true;
    decided.digest = "digest";
    decided.reason = "decided";
    decided.at = stamp(1);
    JudgementRecord labelled = decided;
    labelled.judged = ActionLabel::justified;
    labelled.by = JudgedBy::person;
    labelled.reason = "label";
    labelled.uid = 1000;
    labelled.at = stamp(2);
    JudgementRecord other = decided;
    other.action = "a-2";
    other.sequence = 2;
    PrecisionRecord counts{
        "gateway", Level::restart, "digest", 1, 4, 2, 0, 1, 0, 0, 1, stamp(1), stamp(2)};
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(std::vector<Record>{decided, other, labelled, counts}));
        ASSERT_TRUE(store->append(std::vector<Record>{counts})) << "the newest replaces it";
    }
    auto store = Store::open(options("boot-b"));
    const auto state = store->restore(stamp(10), true);
    ASSERT_TRUE(state.has_value()) << state.error().message;
    EXPECT_THAT(state->judgements, ElementsAre(labelled, other)) << "the newest of each action";
    EXPECT_THAT(state->precision, ElementsAre(counts));
    EXPECT_THAT(store->judgements(1, 1).value(), ElementsAre(labelled));
    EXPECT_TRUE(store->verify().value().intact);

    counts.justified = 5;
    ASSERT_TRUE(store->append(std::vector<Record>{counts}));
    const auto report = store->verify();
    ASSERT_TRUE(report.has_value());
    EXPECT_FALSE(report->intact);
    EXPECT_EQ(report->what, "the precision of gateway at restart contradicts itself");
}

TEST_F(SchemaTest, JudgementsAreAppendOnlyWhileTheirActionIsThere) {
    JudgementRecord judged;
    judged.sequence = 1;
    judged.action = action(1, 7, 0).id;
    judged.target = "gateway";
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(std::vector<Record>{incident(7, 0), action(1, 7, 0), judged}));
        EXPECT_EQ(store->actions({}).value().at(0).judgement, judged);
        EXPECT_EQ(store->incident(7).value()->actions.at(0).judgement, judged);
    }
    auto database = Database::open(options().path);
    ASSERT_TRUE(database.has_value());
    EXPECT_FALSE(database->exec("UPDATE judgements SET judged = 'justified'").has_value());
    EXPECT_FALSE(database->exec("DELETE FROM judgements").has_value());
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
