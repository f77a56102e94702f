// SPDX-License-Identifier: MIT
#include "replay/player.hpp"

#include "live_run.hpp"

#include <gmock/gmock.h>

namespace primum::replay {
namespace {

using test::LiveRun;

// What a player makes of the lines of a run.
std::vector<std::string> replayed(const std::vector<std::string>& lines) {
    Player player;
    event::EventReader reader{event::recording_limits};
    Event event;
    std::vector<std::string> effects;
    for (const std::string& line : lines) {
        EXPECT_TRUE(reader.read_recorded(line, event)) << line;
        const auto played = player.play(event);
        EXPECT_TRUE(played) << played.error().message;
        for (const Effect& effect : *played) {
            effects.push_back(event::write_effect(effect));
        }
    }
    return effects;
}

TEST(PlayerTest, GivesTheSameBytesAsTheLiveRun) {
    LiveRun live;
    live.start(test::restart_rules());
    live.tell_a_failure();
    EXPECT_THAT(live.effects, testing::Contains(testing::HasSubstr("\"effect\":\"run_action\"")));
    EXPECT_EQ(replayed(live.lines), live.effects);
}

TEST(PlayerTest, FollowsReloadsAndStarts) {
    LiveRun live;
    live.start(test::restart_rules());
    live.unit("active");
    live.reload(test::restart_rules("20s"));
    live.tell_a_failure();
    live.start(test::restart_rules("5s"));
    live.tell_a_failure();
    EXPECT_EQ(replayed(live.lines), live.effects);
}

// Later segments begin with the rules in force; the live engine did not get them again.
TEST(PlayerTest, RulesThatAreInForceChangeNothing) {
    LiveRun live;
    live.start(test::restart_rules());
    live.tell_a_failure();
    std::vector<std::string> lines;
    for (const Event& event : live.events) {
        if (lines.size() > 2) {
            lines.push_back(event::write_event({event.at, live.events[1].body}));
        }
        lines.push_back(event::write_event(event));
    }
    EXPECT_EQ(replayed(lines), live.effects);
}

TEST(PlayerTest, RefusesWhatDoesNotBeginAsARecordingDoes) {
    Player player;
    const auto played = player.play({{}, TickEvent{}});
    ASSERT_FALSE(played);
    EXPECT_THAT(played.error().message, testing::HasSubstr("begins with a restore event"));
    EXPECT_FALSE(played.error().missing);
}

TEST(PlayerTest, RefusesRulesThatDoNotCompileToWhatTheyWere) {
    LiveRun live;
    live.start(test::restart_rules());
    Player player;
    ASSERT_TRUE(player.play(live.events[0]));
    auto rules = live.events[1];
    std::get<RulesEvent>(rules.body).digest = "other";
    EXPECT_FALSE(player.play(rules));
}

}  // namespace
}  // namespace primum::replay
