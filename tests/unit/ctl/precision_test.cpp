// SPDX-License-Identifier: MIT
#include "run_fixture.hpp"

#include <gmock/gmock.h>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

class PrecisionTest : public RunFixture {
protected:
    PrecisionTest() {
        client.answers["Precision"] = {
            R"({"v":1,"now":{"wall_us":1795320000000000},"precision":[
{"target":"api","level":"retry","detected":3,"would_act":2,"acted":0,"justified":0,"unjustified":0,
"recovered_anyway":0,"labelled":0,"since":{"wall_us":1795310000000000},"share":null,"text":""},
{"target":"web","level":"restart","detected":12,"would_act":8,"acted":2,"justified":9,
"unjustified":1,"recovered_anyway":1,"labelled":3,"since":{"wall_us":1795310000000000},
"share":0.9,"text":"..."}]})",
            {}};
    }
};

TEST_F(PrecisionTest, TellsWhoJudgedAndHowOftenItWasRight) {
    EXPECT_EQ(run_words({"precision"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("TARGET  LEVEL    DETECTED  WOULD ACT  ACTED  JUSTIFIED"));
    EXPECT_THAT(out.str(), HasSubstr("90 %"));
    EXPECT_THAT(out.str(), HasSubstr("3 by people, 7 by comparison"));
    EXPECT_THAT(out.str(), HasSubstr("nobody yet"));
}

TEST_F(PrecisionTest, OfOneTargetInJson) {
    EXPECT_EQ(run_words({"precision", "web", "--json"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("\"share\":0.9"));
    EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace primum::ctl
