// SPDX-License-Identifier: MIT
#include "event/effect_json.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

#include <set>

namespace primum::event {
namespace {

TEST(EffectJsonTest, WritesEveryFieldOfARun) {
    RunAction run{
        "uuid-4", "gateway", "a.service", Level::restart, 1, "east", "ab", instant_from_us(9)};
    run.timeout = Duration{90'000'000};
    EXPECT_EQ(write_effect(run),
              R"({"effect":"run_action","action":"uuid-4","target":"gateway","unit":"a.service",)"
              R"("level":"restart","index":1,"candidate":"east","plan_digest":"ab",)"
              R"("not_after_us":9,)"
              R"("timeout_us":90000000,"operator_uid":4294967295})");
}

TEST(EffectJsonTest, WritesEveryFieldOfARecordEvenAtItsDefault) {
    EXPECT_EQ(
        write_effect(RecordEffect{IncidentRecord{}}),
        R"({"effect":"record","record":"incident","id":0,"target":"","opened":{"t_us":0,)"
        R"("wall_us":0},"updated":{"t_us":0,"wall_us":0},"closed":null,"open":true,)"
        R"("dry_run":false,"level":"observe","peak":"observe","phase":"waiting","reason":"",)"
        R"("spent":0,"helped":"steady","attempts":[0,0,0,0,0,0],"dry_attempts":[0,0,0,0,0,0],)"
        R"("exhausted_code":"","paged":0,"in_other_hands":false,"held_back_since":null,)"
        R"("changes":0,"sev":"SEV-3","sev_since":null,"acknowledged":null,)"
        R"("acknowledged_by":4294967295,"overdue":0})");
    EXPECT_EQ(write_effect(RecordEffect{TransitionRecord{"a",
                                                         stamp(1),
                                                         ActionState::finished,
                                                         ActionResult::done,
                                                         Outcome::none,
                                                         "r",
                                                         "d",
                                                         Duration{5}}}),
              R"({"effect":"record","record":"transition","action":"a","at":{"t_us":1,)"
              R"("wall_us":1795312800000001},"state":"finished","result":"done",)"
              R"("outcome":"none","reason":"r","detail":"d","took_us":5,)"
              R"("facts":{"evidence":"","snapshots":[],"stored_before":4294967295,)"
              R"("stored_after":4294967295,"lost_state":false,"conflict":""}})");
}

TEST(EffectJsonTest, TellsEveryKindApart) {
    const std::vector<Effect> effects{RecordEffect{IncidentRecord{}},
                                      RecordEffect{DecisionRecord{}},
                                      RecordEffect{ActionRecord{}},
                                      RecordEffect{TransitionRecord{}},
                                      RecordEffect{HoldRecord{}},
                                      RecordEffect{OperatorRecord{}},
                                      AskPreflight{},
                                      RunAction{},
                                      SettleAction{},
                                      RollBack{},
                                      Notify{},
                                      LevelChanged{},
                                      SeverityChanged{},
                                      OperatorReply{},
                                      Rejected{}};
    std::set<std::string> lines;
    for (const Effect& effect : effects) {
        const std::string line = write_effect(effect);
        EXPECT_EQ(write_effect(effect), line);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        lines.insert(line);
    }
    EXPECT_EQ(lines.size(), effects.size());
    EXPECT_TRUE(lines.contains(R"({"effect":"roll_back","action":""})"));
    EXPECT_TRUE(lines.contains(R"({"effect":"rejected","reason":"","detail":""})"));
}

}  // namespace
}  // namespace primum::event
