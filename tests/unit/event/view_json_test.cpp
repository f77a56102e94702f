// SPDX-License-Identifier: MIT
#include "event/view_json.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace primum::event {
namespace {

using std::chrono::microseconds;

TEST(ViewJsonTest, WritesTheHostWithItsHolds) {
    HostView view;
    view.rules_digest = "d";
    view.busy = "the boot";
    view.host_budget = {6, std::chrono::hours{1}};
    view.holds.push_back({sample_hold(), instant_from_us(20)});
    EXPECT_EQ(to_json(view, microseconds{100}),
              R"({"mode":"dry_run","disabled":false,"ledger_healthy":true,"rules_digest":"d",)"
              R"("warm_up_until":null,"in_flight":0,"host_actions_used":0,)"
              R"("host_budget":{"actions":6,"per_us":3600000000},"holds":[{"id":9,)"
              R"("target":"gateway","disable":true,"uid":1000,"reason":"upgrade",)"
              R"("from":{"t_us":10,"wall_us":1795312800000010},)"
              R"("until":{"t_us":20,"wall_us":120}}],"breakers":[],"busy":"the boot"})");
}

TEST(ViewJsonTest, WritesATargetInOneLine) {
    TargetSummary view;
    view.name = "gateway";
    view.level = Level::restart;
    view.phase = Phase::verifying;
    EXPECT_EQ(to_json(view),
              R"({"name":"gateway","unit":"","mode":"dry_run","enforce_up_to":"retry",)"
              R"("held_back":"",)"
              R"("level":"restart","phase":"verifying","severity":"unknown","incident":0,)"
              R"("reason":"","held":false,"disabled":false,"flapping":false,)"
              R"("breaker":false,"sev":null,"acknowledged":false})");
    EXPECT_EQ(to_json_list(std::vector<TargetSummary>{}), "[]");
}

TEST(ViewJsonTest, WritesAnExplanationWhole) {
    Explanation view;
    view.target.name = "gateway";
    view.at = instant_from_us(3);
    view.evidence.push_back({{"latency", Severity::error, "0.5", "above"}, "metrics", view.at});
    view.rungs.emplace_back();
    view.last_decision = DecisionRecord{};
    view.guards.push_back({Guard::held, Verdict::veto, "until noon"});
    view.next = "restart";
    const std::string json = to_json(view, microseconds{7});
    EXPECT_NE(json.find(R"("at":{"t_us":3,"wall_us":10})"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("evidence":[{"indicator":"latency","severity":"error","value":"0.5",)"
                        R"("why":"above","source":"metrics","last":{"t_us":3,"wall_us":10}}])"),
              std::string::npos)
        << json;
    EXPECT_NE(json.find(R"("cooldown_until":null)"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("guards":[{"guard":"held","verdict":"veto","detail":"until noon"}])"),
              std::string::npos)
        << json;
    EXPECT_NE(json.find(R"("next_at":null)"), std::string::npos) << json;
}

TEST(ViewJsonTest, RecordsKeepTheirOwnWallTime) {
    const std::string json = to_json(sample_incident());
    EXPECT_NE(json.find(R"("opened":{"t_us":1,"wall_us":1795312800000001})"), std::string::npos);
    IncidentRecord open = sample_incident();
    open.closed = {};
    EXPECT_NE(to_json(open).find(R"("closed":null)"), std::string::npos);
}

TEST(ViewJsonTest, WritesAStoryInItsParts) {
    const RestoredIncident incident{sample_incident(), {}, {}, {}};
    const std::vector<RestoredAction> actions(2);
    const std::string json = to_json(IncidentStoryParts{incident, {}, actions, {}});
    EXPECT_TRUE(json.starts_with(R"({"incident":{"incident":{"id":2,)")) << json;
    EXPECT_NE(json.find(R"("decisions":[],"actions":[{"action":{)"), std::string::npos) << json;
    EXPECT_TRUE(json.ends_with(R"("transitions":[]})")) << json;
}

TEST(ViewJsonTest, PutsJsonIntoArraysAndTextIntoStrings) {
    const std::vector<std::string> values{"1", "{}"};
    EXPECT_EQ(json_array(values), "[1,{}]");
    EXPECT_EQ(json_string("a\"b"), R"("a\"b")");
}

}  // namespace
}  // namespace primum::event
