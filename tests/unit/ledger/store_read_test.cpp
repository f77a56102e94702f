// SPDX-License-Identifier: MIT
#include "ledger/store.hpp"
#include "ledger_fixture.hpp"

#include <gmock/gmock.h>

namespace primum::ledger {
namespace {

using StoreReadTest = LedgerFixture;
using testing::ElementsAre;

std::vector<std::uint64_t> sequences(const std::vector<RestoredAction>& actions) {
    std::vector<std::uint64_t> found;
    for (const RestoredAction& item : actions) {
        found.push_back(item.action.sequence);
    }
    return found;
}

std::vector<std::uint64_t> ids(const std::vector<RestoredIncident>& incidents) {
    std::vector<std::uint64_t> found;
    for (const RestoredIncident& item : incidents) {
        found.push_back(item.incident.id);
    }
    return found;
}

TEST_F(StoreReadTest, AnEmptyLedgerStartsFromOne) {
    auto store = Store::open(options());
    const auto state = store->restore(stamp(0), true);
    ASSERT_TRUE(state.has_value()) << state.error().message;
    EXPECT_EQ(state->boot_id, "boot-a");
    EXPECT_EQ(state->ledger_uuid, store->uuid());
    EXPECT_EQ(state->next_action, 1U);
    EXPECT_EQ(state->next_incident, 1U);
    EXPECT_EQ(state->next_hold, 1U);
    EXPECT_TRUE(state->ledger_healthy);
    EXPECT_TRUE(state->actions.empty() && state->incidents.empty() && state->holds.empty());
}

TEST_F(StoreReadTest, GivesBackEveryFieldThatWasWritten) {
    IncidentRecord open = incident(3, 1);
    open.dry_run = true;
    open.level = Level::restart;
    open.peak = Level::fallback;
    open.phase = Phase::awaiting_data;
    open.spent = 14;
    open.helped = Level::retry;
    open.dry_attempts = {6, 5, 4, 3, 2, 1};
    open.exhausted_code = "cooldown";
    open.paged = 5;
    open.in_other_hands = true;
    open.held_back_since = stamp(7);
    open.changes = 5;
    ActionRecord intent = action(8, 3, 2);
    intent.level = Level::restart;
    intent.index = 1;
    intent.streak = 3;
    TransitionRecord finished = transition(8, ActionState::finished, 5);
    finished.result = ActionResult::ambiguous;
    const HoldRecord held{4, "", true, 1000, "upgrade", stamp(2), stamp(hour_us), false};
    {
        auto store = Store::open(options());
        ASSERT_TRUE(store->append(std::vector<Record>{open, intent, held, finished}).has_value());
    }
    auto store = Store::open(options());
    const auto state = store->restore(stamp(10), true);
    ASSERT_TRUE(state.has_value()) << state.error().message;
    EXPECT_EQ(state->next_incident, 4U);
    EXPECT_EQ(state->next_action, 9U);
    EXPECT_EQ(state->next_hold, 5U);
    ASSERT_EQ(state->incidents.size(), 1U);
    EXPECT_EQ(state->incidents[0].incident, open);
    EXPECT_EQ(state->incidents[0].opened.boot_id, "boot-a");
    EXPECT_EQ(state->incidents[0].closed.boot_id, "");
    ASSERT_EQ(state->actions.size(), 1U);
    const RestoredAction& back = state->actions[0];
    EXPECT_EQ(back.action.id, intent.id);
    EXPECT_EQ(back.action.level, Level::restart);
    EXPECT_EQ(back.action.index, 1U);
    EXPECT_EQ(back.action.kind, "reload");
    EXPECT_EQ(back.action.plan_digest, "ab12");
    EXPECT_EQ(back.action.streak, 3U);
    EXPECT_EQ(back.action.guards, intent.guards);
    EXPECT_EQ(back.action.evidence, intent.evidence);
    EXPECT_EQ(back.state, ActionState::finished);
    EXPECT_EQ(back.result, ActionResult::ambiguous);
    EXPECT_EQ(back.outcome, Outcome::none);
    EXPECT_EQ(back.ended.at, stamp(5));
    ASSERT_EQ(state->holds.size(), 1U);
    EXPECT_TRUE(state->holds[0].hold.disable);
    EXPECT_EQ(state->holds[0].until.at, stamp(hour_us));
}

TEST_F(StoreReadTest, RestoresTheSameTwice) {
    auto store = Store::open(options());
    ASSERT_TRUE(store->append(whole_story(1, 1)).has_value());
    const auto first = store->restore(stamp(10), true);
    const auto second = store->restore(stamp(10), true);
    EXPECT_EQ(first->next_action, second->next_action);
    EXPECT_EQ(sequences(first->actions), sequences(second->actions));
    EXPECT_EQ(ids(first->incidents), ids(second->incidents));
}

TEST_F(StoreReadTest, ForgetsWhatIsOlderThanAnyWindow) {
    auto store = Store::open(options());
    ASSERT_TRUE(store->append(whole_story(1, 0)).has_value());
    ASSERT_TRUE(store->append(whole_story(2, 2 * hour_us)).has_value());
    const auto state = store->restore(stamp(27 * hour_us), true);
    EXPECT_THAT(sequences(state->actions), ElementsAre(2));
    EXPECT_THAT(ids(state->incidents), ElementsAre(2));
    EXPECT_EQ(state->next_action, 3U);
}

TEST_F(StoreReadTest, NeverForgetsAnActionThatIsOwedAnOutcome) {
    auto store = Store::open(options());
    std::vector<Record> records;
    for (std::uint64_t id = 1; id <= 5; ++id) {
        records.emplace_back(closed_incident(id, 0, 1));
        records.emplace_back(action(id, id, 0));
    }
    records.emplace_back(transition(2, ActionState::started, 1));
    records.emplace_back(transition(3, ActionState::finished, 1));
    records.emplace_back(transition(4, ActionState::finished, 1));
    records.emplace_back(transition(4, ActionState::verified, 2));
    records.emplace_back(transition(5, ActionState::finished, 1));
    std::get<TransitionRecord>(records.back()).result = ActionResult::failed;
    ASSERT_TRUE(store->append(records).has_value());
    EXPECT_THAT(sequences(store->restore(stamp(100 * hour_us), true)->actions),
                ElementsAre(1, 2, 3));
}

TEST_F(StoreReadTest, GivesBackWhatSomebodyMayHaveUndoneMeanwhile) {
    auto store = Store::open(options());
    for (std::uint64_t id = 1; id <= 4; ++id) {
        auto records = whole_story(id, 0);
        std::get<ActionRecord>(records[1]).way_back = id == 1 ? WayBack::none : WayBack::files;
        if (id == 2) {
            records.emplace_back(transition(id, ActionState::rolled_back, 4));
        } else if (id == 3) {
            records.emplace_back(transition(id, ActionState::rollback_failed, 4));
        }
        ASSERT_TRUE(store->append(records).has_value());
    }
    EXPECT_THAT(sequences(store->restore(stamp(100 * hour_us), true)->actions), ElementsAre(3, 4));
    EXPECT_THAT(sequences(store->restore(stamp(31 * 24 * hour_us), true)->actions), ElementsAre());
}

TEST_F(StoreReadTest, KeepsTheActionsOfAnOpenIncident) {
    auto store = Store::open(options());
    auto records = whole_story(1, 0);
    records[0] = incident(1, 0);
    ASSERT_TRUE(store->append(records).has_value());
    EXPECT_THAT(sequences(store->restore(stamp(100 * hour_us), true)->actions), ElementsAre(1));
}

TEST_F(StoreReadTest, CountsTimeAcrossBootsByTheWallClock) {
    {
        auto store = Store::open(options("boot-a"));
        ASSERT_TRUE(store->append(whole_story(1, 500 * hour_us)).has_value());
    }
    auto store = Store::open(options("boot-b"));
    // The monotonic clock starts anew; the wall clock goes on.
    const Stamp soon{instant_from_us(0), wall_from_us(epoch_us + 501 * hour_us)};
    const Stamp late{instant_from_us(0), wall_from_us(epoch_us + 527 * hour_us)};
    const Stamp back{instant_from_us(0), wall_from_us(epoch_us)};
    EXPECT_EQ(store->restore(soon, true)->actions.size(), 1U);
    EXPECT_EQ(store->restore(soon, true)->actions[0].intended.boot_id, "boot-a");
    EXPECT_EQ(store->restore(late, true)->actions.size(), 0U);
    EXPECT_EQ(store->restore(late, false)->actions.size(), 1U) << "doubt delays";
    EXPECT_EQ(store->restore(back, true)->actions.size(), 1U) << "a clock that went back";
}

TEST_F(StoreReadTest, AMomentKeepsItsBootWhenItsRowIsWrittenAgain) {
    {
        auto store = Store::open(options("boot-a"));
        ASSERT_TRUE(
            store->append(std::vector<Record>{incident(1, 5), hold(1, 5, hour_us)}).has_value());
    }
    {
        auto store = Store::open(options("boot-b"));
        IncidentRecord again = incident(1, 5);
        again.opened.t = instant_from_us(-7);
        again.updated = stamp(9);
        HoldRecord same = hold(1, 5, hour_us);
        same.until.t = instant_from_us(3);
        ASSERT_TRUE(store->append(std::vector<Record>{again, same}).has_value());
    }
    auto store = Store::open(options("boot-b"));
    const auto state = store->restore(stamp(10), true);
    ASSERT_EQ(state->incidents.size(), 1U);
    EXPECT_EQ(state->incidents[0].opened.boot_id, "boot-a");
    EXPECT_EQ(state->incidents[0].opened.at, stamp(5));
    EXPECT_EQ(state->incidents[0].updated.boot_id, "boot-b");
    ASSERT_EQ(state->holds.size(), 1U);
    EXPECT_EQ(state->holds[0].until.boot_id, "boot-a");
    EXPECT_EQ(state->holds[0].until.at, stamp(hour_us));
}

TEST_F(StoreReadTest, GivesLiveHoldsOnly) {
    auto store = Store::open(options());
    HoldRecord released = hold(2, 0, hour_us);
    released.released = true;
    ASSERT_TRUE(
        store->append(std::vector<Record>{hold(1, 0, 10), hold(2, 0, hour_us), hold(3, 0, hour_us)})
            .has_value());
    ASSERT_TRUE(store->append(std::vector<Record>{released}).has_value());
    const auto state = store->restore(stamp(20), true);
    ASSERT_EQ(state->holds.size(), 1U);
    EXPECT_EQ(state->holds[0].hold.id, 3U);
    EXPECT_EQ(state->next_hold, 4U);
}

TEST_F(StoreReadTest, BoundsWhatItGivesBack) {
    StoreOptions small = options();
    small.restored_actions = 2;
    small.restored_incidents = 2;
    small.restored_holds = 2;
    auto store = Store::open(small);
    for (std::uint64_t id = 1; id <= 5; ++id) {
        ASSERT_TRUE(store->append(whole_story(id, 10)).has_value());
        ASSERT_TRUE(store->append(std::vector<Record>{hold(id, 0, hour_us)}).has_value());
    }
    const auto state = store->restore(stamp(20), true);
    EXPECT_THAT(sequences(state->actions), ElementsAre(4, 5));
    EXPECT_THAT(ids(state->incidents), ElementsAre(4, 5));
    EXPECT_EQ(state->holds.size(), 2U);
}

TEST_F(StoreReadTest, ListsTheNewestFirst) {
    auto store = Store::open(options());
    for (std::uint64_t id = 1; id <= 5; ++id) {
        ASSERT_TRUE(store->append(whole_story(id, 10)).has_value());
    }
    EXPECT_THAT(ids(*store->incidents({2, 0})), ElementsAre(5, 4));
    EXPECT_THAT(ids(*store->incidents({2, 4})), ElementsAre(3, 2));
    EXPECT_THAT(sequences(*store->actions({2, 3})), ElementsAre(2, 1));
    EXPECT_TRUE(store->incidents({2, 1})->empty());
}

TEST_F(StoreReadTest, TellsWhatWasDecidedSinceAnInstant) {
    auto store = Store::open(options());
    ASSERT_TRUE(store->append(whole_story(1, 1)).has_value());
    DecisionRecord decision;
    decision.incident = 1;
    decision.target = "gateway";
    decision.guards = action(1, 1, 1).guards;
    decision.evidence = action(1, 1, 1).evidence;
    std::vector<Record> records;
    for (std::int64_t at = 10; at <= 60; at += 10) {
        decision.at = stamp(at);
        decision.reason = std::to_string(at);
        records.emplace_back(decision);
    }
    ASSERT_TRUE(store->append(records).has_value());
    const auto reasons = [&](std::int64_t since, std::uint32_t limit) {
        std::vector<std::string> found;
        const auto decisions = store->decisions_since(stamp(since).wall, limit);
        EXPECT_TRUE(decisions.has_value());
        for (const auto& each : decisions.value_or(std::vector<DecisionRecord>{})) {
            EXPECT_TRUE(each.guards.empty());
            EXPECT_EQ(each.evidence, decision.evidence);
            found.push_back(each.reason);
        }
        return found;
    };
    EXPECT_THAT(reasons(40, 100), ElementsAre("40", "50", "60"));
    EXPECT_THAT(reasons(0, 2), ElementsAre("50", "60"));
    EXPECT_TRUE(reasons(61, 100).empty());
}

TEST_F(StoreReadTest, TellsTheWholeStoryOfAnIncident) {
    auto store = Store::open(options());
    DecisionRecord decision;
    decision.incident = 1;
    decision.target = "gateway";
    decision.at = stamp(1);
    decision.kind = DecisionKind::acted;
    decision.reason = "acted";
    decision.guards = action(1, 1, 1).guards;
    decision.evidence = action(1, 1, 1).evidence;
    auto records = whole_story(1, 1);
    const ActionFacts facts{"e-1", {"sha256:aa"}, 3, 2, true, ""};
    std::get<TransitionRecord>(records.back()).facts = facts;
    records.emplace_back(decision);
    decision.kind = DecisionKind::verified;
    records.emplace_back(decision);
    ASSERT_TRUE(store->append(records).has_value());
    ASSERT_TRUE(store->append(whole_story(2, 1)).has_value());
    const auto found = store->incident(1);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_TRUE(found->has_value());
    const IncidentStory& story = **found;
    EXPECT_EQ(story.incident.incident.id, 1U);
    ASSERT_EQ(story.decisions.size(), 2U);
    EXPECT_EQ(story.decisions[0].kind, DecisionKind::acted);
    EXPECT_EQ(story.decisions[0].guards, decision.guards);
    EXPECT_EQ(story.decisions[1].kind, DecisionKind::verified);
    EXPECT_THAT(sequences(story.actions), ElementsAre(1));
    EXPECT_EQ(story.actions[0].outcome, Outcome::improved);
    ASSERT_EQ(story.transitions.size(), 4U);
    EXPECT_EQ(story.transitions[0].state, ActionState::intended);
    EXPECT_EQ(story.transitions[3].state, ActionState::verified);
    EXPECT_EQ(story.transitions[3].facts, facts);
    EXPECT_TRUE(store->verify()->intact);
    EXPECT_FALSE(store->incident(9)->has_value());
}

TEST_F(StoreReadTest, ListsWhatPeopleAskedFor) {
    auto store = Store::open(options());
    ASSERT_TRUE(store
                    ->append(std::vector<Record>{
                        OperatorRecord{stamp(1), "hold", "gateway", 0, 1000, "upgrade", true, "ok"},
                        OperatorRecord{stamp(2), "release", "", 3, 0, "", false, "no reason"}})
                    .has_value());
    const auto commands = store->operator_commands({});
    ASSERT_EQ(commands->size(), 2U);
    EXPECT_EQ((*commands)[0].verb, "release");
    EXPECT_EQ((*commands)[0].incident, 3U);
    EXPECT_EQ((*commands)[1].uid, 1000U);
    EXPECT_TRUE((*commands)[1].accepted);
}

}  // namespace
}  // namespace primum::ledger
