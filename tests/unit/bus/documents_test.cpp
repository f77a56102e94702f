// SPDX-License-Identifier: MIT
#include "bus/documents.hpp"

#include "fake_backend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace primum::bus {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(DocumentsTest, StatusSaysHowTheLastReloadWent) {
    testing::FakeBackend backend;
    backend.daemon_view.off_switch_etc = true;
    backend.daemon_view.reload = {true, false, wall_from_us(5), "abc", false, {"r.toml:1:2: no"}};
    EXPECT_THAT(status_document(backend),
                HasSubstr(R"("off_switch_run":false,"off_switch_etc":true,"reload":{"ever":true,)"
                          R"("ok":false,"at_wall_us":5,"digest":"abc","unchanged":false,)"
                          R"("errors":["r.toml:1:2: no"]},)"));
}

TEST(DocumentsTest, StatusSaysWhereNoticesDoNotGetThrough) {
    testing::FakeBackend backend;
    EXPECT_THAT(status_document(backend), HasSubstr(R"("notices":[]})"));
    backend.daemon_view.notices = {{"alertmanager", 3, Duration{7}, "refused: nobody listens"}};
    EXPECT_THAT(status_document(backend),
                HasSubstr(R"("notices":[{"channel":"alertmanager","waiting":3,"oldest_us":7,)"
                          R"("problem":"refused: nobody listens"}]})"));
}

TEST(DocumentsTest, StatusCountsByLevelAndListsTheWorstFirst) {
    testing::FakeBackend backend;
    backend.target_list = {{"a"}, {"b"}, {"c"}, {"d"}};
    backend.target_list[1].level = Level::retry;
    backend.target_list[2].level = Level::restart;
    backend.target_list[3].level = Level::retry;
    backend.target_list[3].severity = Severity::critical;
    backend.target_list[0].held_back = "retry is not promoted";
    const std::string json = status_document(backend);
    EXPECT_THAT(json,
                HasSubstr(R"("counts":{"targets":4,"steady":1,"observe":0,"retry":2,"failover":0,)"
                          R"("restart":1,"fallback":0,"held_back":1})"));
    const auto place = [&](const std::string& name) {
        return json.find(R"({"name":")" + name + R"(")");
    };
    EXPECT_LT(place("c"), place("d"));
    EXPECT_LT(place("d"), place("b"));
    EXPECT_EQ(place("a"), std::string::npos);
}

TEST(DocumentsTest, StatusStaysSmallWhenEverythingIsIll) {
    testing::FakeBackend backend;
    backend.target_list.assign(5'000, TargetSummary{"x"});
    for (TargetSummary& target : backend.target_list) {
        target.level = Level::observe;
    }
    const std::string json = status_document(backend);
    EXPECT_THAT(json, HasSubstr(R"("observe":5000)"));
    EXPECT_LT(json.size(), 50'000U);
}

TEST(DocumentsTest, GivesInstantsAsWallTime) {
    testing::FakeBackend backend;
    const auto explanation = backend.explain("gateway");
    ASSERT_TRUE(explanation.has_value());
    EXPECT_THAT(explain_document(*explanation, backend.now()),
                HasSubstr(R"("next_at":{"t_us":70000000,"wall_us":1795312810000000})"));
}

TEST(DocumentsTest, ListsMayBeEmpty) {
    const Stamp now{};
    EXPECT_THAT(targets_document({}, now), EndsWith(R"("targets":[]})"));
    EXPECT_THAT(sources_document({}, now), EndsWith(R"("sources":[]})"));
    EXPECT_THAT(incidents_document({}, now), EndsWith(R"("incidents":[]})"));
    EXPECT_THAT(actions_document({}, now), EndsWith(R"("actions":[]})"));
    EXPECT_THAT(incident_document({}, now), Not(HasSubstr("null,null")));
}

}  // namespace
}  // namespace primum::bus
