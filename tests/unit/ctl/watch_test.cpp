// SPDX-License-Identifier: MIT
#include "run_fixture.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace testing;

class WatchTest : public RunFixture {
protected:
    WatchTest() {
        client.answers["Status"] = {status_json, {}};
        client.signals = {{"LevelChanged", {"gw", "observe", "retry", "entered", "7"}},
                          {"TargetChanged", {"gw"}},
                          {"IncidentChanged", {"7", "gw", "true", "retry", "waiting", "cooldown"}},
                          {"Gone", {}}};
    }
};

TEST_F(WatchTest, WritesLinesIntoAPipe) {
    EXPECT_EQ(run_words({"watch", "--count", "3"}), Exit::ok);
    EXPECT_EQ(out.str(),
              "2026-11-22 04:00:00  watching\n"
              "2026-11-22 04:00:00  gw: observe -> retry (entered), incident 7\n"
              "2026-11-22 04:00:00  gw: incident 7 open, waiting at retry (cooldown)\n"
              "2026-11-22 04:00:00  primumd has left the bus\n");
}

TEST_F(WatchTest, WritesOneObjectALine) {
    EXPECT_EQ(run_words({"watch", "--count", "4", "--json"}), Exit::ok);
    std::istringstream lines{out.str()};
    std::vector<std::string> read;
    for (std::string line; std::getline(lines, line);) {
        ASSERT_TRUE(Document::parse(line).has_value()) << line;
        read.push_back(line);
    }
    ASSERT_EQ(read.size(), 5U);
    EXPECT_EQ(read[1],
              R"({"v":1,"wall_us":1795320000000000,"signal":"LevelChanged","target":"gw",)"
              R"("from":"observe","to":"retry","reason":"entered","incident":7})");
    EXPECT_THAT(read[3], HasSubstr(R"("open":true)"));
}

TEST_F(WatchTest, DrawsTheStatusOnATerminal) {
    world.columns = 120;
    world.rows = 40;
    EXPECT_EQ(run_words({"watch", "--count", "1"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("\x1b[H\x1b[2J"));
    EXPECT_THAT(out.str(), HasSubstr("acting (mode enforce)"));
    EXPECT_THAT(out.str(), Not(HasSubstr("watching")));
}

TEST_F(WatchTest, SaysThatPrimumdIsNotThere) {
    client.answers.clear();
    EXPECT_EQ(run_words({"watch"}), Exit::unreachable);
}

}  // namespace
}  // namespace primum::ctl
