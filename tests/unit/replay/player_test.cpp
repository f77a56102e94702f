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

// A run whose every event but the first ones could begin a segment.
struct Segments {
    Segments() {
        live.start(test::restart_rules());
        live.unit("active");
        live.wait(std::chrono::minutes{5});
        live.unit("failed");
        for (int i = 0; i < 100; ++i) {
            cut();
            live.wait(std::chrono::seconds{5});
            if (i == 20) {
                live.reload(test::restart_rules("30s"));
            }
            if (i == 30) {
                live.unit(i % 2 == 0 ? "active" : "failed");
            }
        }
    }
    void cut() {
        std::vector<std::string> head;
        for (const Event& event : live.head()) {
            head.push_back(event::write_event(event));
        }
        cuts.push_back({live.lines.size(), live.effects.size(), std::move(head)});
    }

    struct Cut {
        std::size_t lines;
        std::size_t effects;
        std::vector<std::string> head;
    };
    LiveRun live;
    std::vector<Cut> cuts;
};

TEST(PlayerTest, EverySegmentStandsAlone) {
    const Segments run;
    EXPECT_THAT(run.live.effects, testing::Contains(testing::HasSubstr("run_action")));
    for (const auto& cut : run.cuts) {
        std::vector<std::string> lines = cut.head;
        lines.insert(lines.end(),
                     run.live.lines.begin() + static_cast<std::ptrdiff_t>(cut.lines),
                     run.live.lines.end());
        const std::vector<std::string> expected(
            run.live.effects.begin() + static_cast<std::ptrdiff_t>(cut.effects),
            run.live.effects.end());
        ASSERT_EQ(replayed(lines), expected) << cut.lines;
    }
}

TEST(PlayerTest, AllSegmentsTogetherGiveTheSameBytes) {
    const Segments run;
    std::vector<std::string> lines;
    std::size_t from = 0;
    for (const auto& cut : run.cuts) {
        lines.insert(lines.end(),
                     run.live.lines.begin() + static_cast<std::ptrdiff_t>(from),
                     run.live.lines.begin() + static_cast<std::ptrdiff_t>(cut.lines));
        lines.insert(lines.end(), cut.head.begin(), cut.head.end());
        from = cut.lines;
    }
    lines.insert(lines.end(),
                 run.live.lines.begin() + static_cast<std::ptrdiff_t>(from),
                 run.live.lines.end());
    EXPECT_EQ(replayed(lines), run.live.effects);
}

TEST(PlayerTest, AStateOfAnotherVersionIsNeededOnlyToBegin) {
    LiveRun live;
    live.start(test::restart_rules());
    Event other = live.head()[0];
    std::get<RestoreEvent>(other.body).state.engine = "primum-engine/0 0 ";
    Player player;
    const auto refused = player.play(other);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("another version of primum"));
    for (const Event& event : live.events) {
        ASSERT_TRUE(player.play(event));
    }
    const auto played = player.play(other);
    ASSERT_TRUE(played);
    EXPECT_TRUE(played->empty());
    EXPECT_EQ(player.engine().save(), live.engine.save());
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
