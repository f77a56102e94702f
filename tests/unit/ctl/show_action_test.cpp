// SPDX-License-Identifier: MIT
#include "run_fixture.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

class ShowActionTest : public RunFixture {
protected:
    ShowActionTest() {
        client.answers["Actions"] = {
            R"({"v":1,"now":{"wall_us":1795320000000000},"actions":[{"action":{"id":"u-7",
"sequence":7,"incident":3,"target":"gw","unit":"gw.service","level":"restart","kind":"restart",
"way_back":"none","guards":[{"guard":"held","verdict":"pass","detail":""}],
"evidence":[{"indicator":"unit","severity":"critical","value":"failed","why":"signal"}]},
"state":"verified","result":"done","outcome":"worse",
"judgement":{"action":"u-7","judged":"unjustified","by":"comparison","reason":"worse"}}]})",
            {}};
        client.answers["Incident"] = {
            R"({"v":1,"story":{"transitions":[{"action":"u-6","state":"started"},
{"action":"u-7","state":"finished","result":"done","outcome":"none","took_us":2000000,
"at":{"wall_us":1795319990000000},"detail":"job done"}]}})",
            {}};
    }
};

TEST_F(ShowActionTest, TellsItStepByStep) {
    EXPECT_EQ(run_words({"actions", "show", "u-7"}), Exit::ok);
    for (const char* const part : {"Action 7: restart gw.service",
                                   "done, worse",
                                   "unjustified, judged by comparison: worse",
                                   "there is no way back",
                                   "job done",
                                   "Guards, when it was decided"}) {
        EXPECT_THAT(out.str(), HasSubstr(part));
    }
    EXPECT_THAT(out.str(), ::testing::Not(HasSubstr("u-6")));
}

TEST_F(ShowActionTest, SaysTheSameInJson) {
    EXPECT_EQ(run_words({"actions", "show", "7", "--json"}), Exit::ok);
    EXPECT_EQ(document(out.str()).root()["transitions"].items().size(), 1U);
    EXPECT_EQ(run_words({"actions", "show", "x-7", "--json"}), Exit::usage);
    EXPECT_EQ(run_words({"actions", "show", "nonsense"}), Exit::usage);
}

}  // namespace
}  // namespace primum::ctl
