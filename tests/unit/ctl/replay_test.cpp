// SPDX-License-Identifier: MIT
#include "ctl/replay.hpp"

#include "live_run.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace primum::ctl {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ReplayTest : public testing::RunFixture {
protected:
    ReplayTest() {
        live_.start(replay::test::restart_rules());
        live_.tell_a_failure();
        live_.write(root / "recording");
        std::filesystem::create_directories(root / "same");
        std::filesystem::create_directories(root / "eager");
        std::filesystem::create_directories(root / "never");
        write_file("same/a.toml", replay::test::restart_rules());
        write_file("eager/a.toml", replay::test::restart_rules("5s"));
        write_file("never/a.toml", replay::test::restart_rules("5s", "observe"));
    }

    [[nodiscard]] std::string path(const char* name) const { return (root / name).string(); }

    [[nodiscard]] std::string live_effects() const {
        return std::accumulate(
            live_.effects.begin(),
            live_.effects.end(),
            std::string{},
            [](std::string all, const std::string& one) { return std::move(all) + one + "\n"; });
    }

    replay::test::LiveRun live_;
};

TEST_F(ReplayTest, GivesTheLiveRunsEffectsByteForByte) {
    EXPECT_EQ(run_words({"replay", "--recording", path("recording"), "--json"}), Exit::ok);
    EXPECT_EQ(out.str(), live_effects());
    EXPECT_EQ(err.str(), "");
}

TEST_F(ReplayTest, TellsDecisionsToPeople) {
    EXPECT_EQ(run_words({"replay", "--recording", path("recording")}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("  gateway       action    intended        restart  restart"));
    EXPECT_THAT(out.str(), HasSubstr("  gateway       level     observe -> retry ("));
}

TEST_F(ReplayTest, OtherRulesDecideAnew) {
    EXPECT_EQ(run_words({"replay", "--recording", path("recording"), "--rules", path("never")}),
              Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("decision"));
    EXPECT_THAT(out.str(), ::testing::Not(HasSubstr("action  ")));
}

TEST_F(ReplayTest, ComparesRulesAndGivesAVerdict) {
    EXPECT_EQ(run_words({"replay", "--recording", path("recording"), "--against", path("same")}),
              Exit::ok);
    EXPECT_THAT(out.str(), EndsWith("verdict: stable\n"));
    EXPECT_EQ(run_words({"replay",
                         "--recording",
                         path("recording"),
                         "--rules",
                         path("never"),
                         "--against",
                         path("eager")}),
              Exit::regression);
    EXPECT_THAT(out.str(), StartsWith("new run gateway restart restart 2026-11-22T"));
    EXPECT_THAT(out.str(),
                EndsWith("actions: 0 before, 1 after; 0 alike, 1 new, 0 gone, 0 changed\n"
                         "verdict: regression\n"));
    write_file("known", "# deploy of 4.2\n\nnew run gateway restart restart  \n");
    EXPECT_EQ(run_words({"replay",
                         "--recording",
                         path("recording"),
                         "--rules",
                         path("never"),
                         "--against",
                         path("eager"),
                         "--known",
                         path("known"),
                         "--json"}),
              Exit::ok);
    EXPECT_THAT(out.str(),
                StartsWith(R"({"v":1,"verdict":"known","first":0,"second":1,"same":0,)"));
    EXPECT_THAT(out.str(), HasSubstr(R"("change":"new","known":true,"key":"new run gateway )"));
}

TEST_F(ReplayTest, AMissingFileHasItsOwnExitCode) {
    EXPECT_EQ(run_words({"replay", "--recording", path("none")}), Exit::no_input);
    EXPECT_THAT(err.str(), HasSubstr(path("none")));
    for (const char* option : {"--rules", "--settings", "--known"}) {
        EXPECT_EQ(run_words({"replay",
                             "--recording",
                             path("recording"),
                             "--against",
                             path("same"),
                             option,
                             path("none")}),
                  Exit::no_input)
            << option;
        EXPECT_THAT(err.str(), HasSubstr(path("none"))) << option;
        EXPECT_EQ(out.str(), "");
    }
}

TEST_F(ReplayTest, WhatIsNoRecordingIsToldWithItsPlace) {
    write_file("tick.jsonl",
               R"({"v":1,"t_us":1,"wall_us":2,"type":"tick"})"
               "\n");
    EXPECT_EQ(run_words({"replay", "--recording", path("tick.jsonl")}), Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr("tick.jsonl:1: a recording begins with a restore event"));
    write_file("empty.jsonl");
    EXPECT_EQ(run_words({"replay", "--recording", path("empty.jsonl")}), Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr("there is no event in it"));
    write_file("same/a.toml", "[target.\n");
    EXPECT_EQ(run_words({"replay", "--recording", path("recording"), "--rules", path("same")}),
              Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr("same/a.toml:1"));
}

TEST_F(ReplayTest, ABadLineIsPassedOverAndTold) {
    std::string text;
    for (const std::string& line : live_.lines) {
        text += line + "\n" + (&line == &live_.lines[3] ? "{nonsense\n" : "");
    }
    write_file("bad.jsonl", text);
    EXPECT_EQ(run_words({"replay", "--recording", path("bad.jsonl"), "--json"}), Exit::bad_data);
    EXPECT_EQ(out.str(), live_effects());
    EXPECT_THAT(err.str(), HasSubstr("bad.jsonl:5: not an event, passed over: bad_json\n"));
    EXPECT_THAT(err.str(), HasSubstr("lines passed over: 1"));
}

TEST_F(ReplayTest, ATornTailIsToldAndNoMistake) {
    std::filesystem::resize_file(root / "recording",
                                 std::filesystem::file_size(root / "recording") - 3);
    EXPECT_EQ(run_words({"replay", "--recording", path("recording"), "--json"}), Exit::ok);
    EXPECT_THAT(live_effects(), StartsWith(out.str()));
    EXPECT_THAT(err.str(), HasSubstr(": cut after this line: the last frame is not whole\n"));
}

TEST_F(ReplayTest, AMissingSegmentIsToldAndOneWithoutAStateIsNoBeginning) {
    const auto name = [](std::uint32_t sequence) {
        return event::format_segment_name({wall_from_us(5), sequence});
    };
    const auto folder = root / "run";
    std::filesystem::create_directories(folder);
    live_.write(folder / name(1), 0, 4);
    live_.write(folder / name(3), 4);
    EXPECT_EQ(run_words({"replay", "--recording", folder.string(), "--json"}), Exit::bad_data);
    EXPECT_EQ(out.str(), live_effects());
    EXPECT_THAT(err.str(), HasSubstr(name(3) + ":0: from here on it may not be what happened"));
    std::filesystem::remove(folder / name(1));
    EXPECT_EQ(run_words({"replay", "--recording", folder.string()}), Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr(name(3) + ": it does not stand alone"));
}

TEST_F(ReplayTest, KnownDifferencesNeedAComparison) {
    EXPECT_EQ(run_words({"replay", "--recording", path("recording"), "--known", path("x")}),
              Exit::usage);
    EXPECT_EQ(run_words({"replay"}), Exit::usage);
}

}  // namespace
}  // namespace primum::ctl
