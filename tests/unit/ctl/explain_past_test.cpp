// SPDX-License-Identifier: MIT
#include "run_fixture.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

// One incident of gateway from 03:55 to 03:58: a wait at 03:55:10, an action at 03:56.
constexpr const char* list_json =
    R"({"v":1,"incidents":[{"incident":{"id":9,"target":"other","open":true,
"opened":{"t_us":1,"wall_us":1795319000000000}}},{"incident":{"id":7,"target":"gateway",
"open":false,"opened":{"t_us":1,"wall_us":1795319700000000},
"closed":{"t_us":1,"wall_us":1795319880000000}}}]})";
constexpr const char* one_json =
    R"({"v":1,"story":{"incident":{"incident":{"id":7}},"decisions":[
{"at":{"wall_us":1795319710000000},"kind":"waited","level":"retry","reason":"cooldown",
 "guards":[{"guard":"cooldown","verdict":"veto","detail":"50s left"}],
 "evidence":[{"indicator":"unit","severity":"critical","value":"failed","why":"signal"}]},
{"at":{"wall_us":1795319760000000},"kind":"acted","level":"retry","reason":"reload"}],
"actions":[],"transitions":[
{"action":"u-1","at":{"wall_us":1795319761000000},"state":"started"}]}})";

class ExplainPastTest : public RunFixture {
protected:
    ExplainPastTest() {
        client.answers["Incidents"] = {list_json, {}};
        client.answers["Incident"] = {one_json, {}};
    }
};

TEST_F(ExplainPastTest, TellsWhatWasDecidedThen) {
    EXPECT_EQ(run_words({"explain", "gateway", "--at", "03:55:30"}), Exit::ok);
    const std::string text = out.str();
    EXPECT_THAT(text, HasSubstr("waited at retry: cooldown, 2026-11-22 03:55:10"));
    EXPECT_THAT(text, HasSubstr("50s left"));
    EXPECT_THAT(text, HasSubstr("critical"));
    EXPECT_THAT(text, HasSubstr("acted at retry: reload, 2026-11-22 03:56:00"));
    EXPECT_THAT(text, Not(HasSubstr("Done until then")));
}

TEST_F(ExplainPastTest, KnowsThatNothingWasWrong) {
    EXPECT_EQ(run_words({"explain", "gateway", "--at", "03:59"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("no incident of it was open then"));
    EXPECT_EQ(run_words({"explain", "gateway", "--at", "03:10"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("no incident of it was open then"));
}

TEST_F(ExplainPastTest, SaysTheSameInJson) {
    EXPECT_EQ(run_words({"explain", "gateway", "--at", "03:57", "--json"}), Exit::ok);
    const Document said = document(out.str());
    EXPECT_EQ(said.root()["decisions"].items().size(), 2U);
    EXPECT_EQ(said.root()["transitions"].items().size(), 1U);
    EXPECT_FALSE(said.root()["next"].present());
    EXPECT_EQ(run_words({"explain", "gateway", "--at", "whenever", "--json"}), Exit::usage);
}

}  // namespace
}  // namespace primum::ctl
