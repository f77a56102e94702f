// SPDX-License-Identifier: MIT
#include "ctl/promote.hpp"

#include "../remedy/temp_tree.hpp"
#include "ctl/json.hpp"
#include "ctl/promotion_gate.hpp"
#include "rules/loader.hpp"
#include "rules/promotion.hpp"
#include "run_fixture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace primum::ctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* web =
    "[target.web]\nunit = \"web.service\"\nindicator.unit.value = \"unit_state\"\n"
    "[target.web.ladder.retry]\nremedy = [{ reset_failed = {} }]\nverify = \"1m\"\n"
    "[target.web.ladder.restart]\nremedy = [{ restart = {} }]\nverify = \"1m\"\n";

// Rules on disk and in force, a gate with all conditions met, and root.
class PromoteTest : public testing::RunFixture {
protected:
    PromoteTest() {
        ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
        world.uid = 0;
        world.drill.directory = tree.path("drill");
        world.drill.policy = tree.policy();
        world.settings_file = (root / "primum.toml").string();
        std::filesystem::create_directories(root / "rules.d");
        settings("");
        write_file("rules.d/web.toml", web);
        in_force();
        counted(Level::retry, {});
        client.answers["Promote"] = {"recorded", {}};
        client.answers["Demote"] = {"recorded", {}};
        client.answers["Reload"] = {"in force", {}};
    }
    ~PromoteTest() override { ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }

    void settings(const std::string& more) {
        write_file("primum.toml",
                   fmt::format("mode = \"enforce\"\nrules = [\"{}\"]\n"
                               "[promotion]\nmin_dry_run = \"24h\"\n{}",
                               (root / "rules.d").string(),
                               more));
    }

    rules::RulesLoad load() {
        return rules::load_rules({root / "rules.d"},
                                 rules::load_settings(world.settings_file).settings);
    }
    TargetRule target() {
        const auto loaded = load();
        EXPECT_NE(loaded.rules, nullptr);
        return loaded.rules == nullptr ? TargetRule{} : loaded.rules->targets.at(0);
    }

    void in_force() {
        client.answers["Status"] = {
            fmt::format(R"({{"v":1,"host":{{"rules_digest":"{}"}}}})", load().rules->digest), {}};
    }

    struct Counts {
        Duration since{std::chrono::hours{30}};
        int detected = 3;
        int justified = 10;
        int unjustified = 1;
        std::string digest{};
    };
    void counted(Level level, Counts counts) {
        if (counts.digest.empty()) {
            counts.digest = target().level_digests[index_of(level)];
        }
        client.answers["Precision"] = {
            fmt::format(R"({{"v":1,"precision":[{{"target":"web","level":"{}","digest":"{}",)"
                        R"("detected":{},"justified":{},"unjustified":{},)"
                        R"("since":{{"t_us":0,"wall_us":{}}}}}]}})",
                        name_of(level),
                        counts.digest,
                        counts.detected,
                        counts.justified,
                        counts.unjustified,
                        to_us(clock.now().wall - counts.since)),
            {}};
    }

    std::filesystem::path drop_in() { return root / "rules.d/web.d/90-promoted-web.toml"; }
    std::string written() {
        std::ifstream in{drop_in()};
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

    // What was recorded, as the arguments of the last call of that method.
    std::vector<std::string> recorded(const std::string& method = "Promote") {
        std::vector<std::string> words;
        for (const Request& each : client.requests) {
            if (each.method == method) {
                words.clear();
                for (const auto& argument : each.arguments) {
                    words.push_back(std::get<std::string>(argument));
                }
            }
        }
        return words;
    }

    // The gate stayed shut because of one condition only, and that is on record.
    void expect_refused(const std::string& condition, const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"promote", "web"};
        words.insert(words.end(), more.begin(), more.end());
        EXPECT_EQ(run_words(words), Exit::breach) << out.str() << err.str();
        EXPECT_THAT(out.str(), HasSubstr("missing " + condition + ": "));
        EXPECT_EQ(count(out.str(), "missing "), 1) << out.str();
        EXPECT_FALSE(std::filesystem::exists(drop_in()));
        const auto words_recorded = recorded();
        ASSERT_EQ(words_recorded.size(), 5U);
        EXPECT_EQ(words_recorded[0], "web");
        EXPECT_EQ(words_recorded[2], "refused");
        EXPECT_THAT(words_recorded[3], HasSubstr(condition + " FAIL: "));
    }

    static std::ptrdiff_t count(const std::string& text, const std::string& what) {
        std::ptrdiff_t found = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
            ++found;
        }
        return found;
    }

    const remedy::TempTree tree;
};

TEST_F(PromoteTest, RaisesWhatIsEnforcedByOneLevel) {
    EXPECT_EQ(run_words({"promote", "web"}), Exit::ok) << out.str() << err.str();
    EXPECT_EQ(target().mode, Mode::enforce);
    EXPECT_TRUE(target().enforces(Level::retry, Mode::enforce, clock.now().wall));
    EXPECT_FALSE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
    EXPECT_THAT(recorded(),
                ElementsAre("web",
                            "retry",
                            "promoted",
                            AllOf(HasSubstr("simulated pass"), HasSubstr("precision pass: 0.91")),
                            "primumctl promote"));
    struct stat status{};
    ASSERT_EQ(::stat(drop_in().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0644U);
    EXPECT_THAT(out.str(), HasSubstr("To go back: primumctl demote web"));

    in_force();
    counted(Level::restart, {});
    EXPECT_EQ(run_words({"promote", "web"}), Exit::ok) << out.str() << err.str();
    EXPECT_TRUE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
    in_force();
    EXPECT_EQ(run_words({"promote", "web"}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("promoted already"));
}

TEST_F(PromoteTest, IsRecordedBeforeAnythingIsWritten) {
    client.answers.erase("Promote");
    EXPECT_EQ(run_words({"promote", "web"}), Exit::unreachable);
    EXPECT_FALSE(std::filesystem::exists(drop_in()));
}

TEST_F(PromoteTest, WhatPrimumdDoesNotTakeIsTakenBack) {
    client.answers.erase("Reload");
    client.refuse("org.primum.Error.ReloadFailed", "no");
    EXPECT_EQ(run_words({"promote", "web"}), Exit::bad_data);
    EXPECT_FALSE(std::filesystem::exists(drop_in()));
}

TEST_F(PromoteTest, RefusesRulesWithMistakes) {
    write_file("rules.d/other.toml", "[target.x]\n");
    expect_refused("checked");
}

TEST_F(PromoteTest, RefusesRulesThatAreNotInForce) {
    write_file("rules.d/other.toml",
               "[target.x]\nunit = \"x.service\"\nindicator.unit.value = \"unit_state\"\n");
    expect_refused("in_force");
}

TEST_F(PromoteTest, RefusesALevelAboveOneThatIsNotPromoted) {
    counted(Level::restart, {});
    expect_refused("levels_below", {"restart"});
}

TEST_F(PromoteTest, RefusesTooShortATime) {
    counted(Level::retry, {.since = std::chrono::hours{23}});
    expect_refused("dry_run_time");
    EXPECT_THAT(out.str(), HasSubstr("wait 1h more"));
}

TEST_F(PromoteTest, RefusesWhatHasNeverBeenIll) {
    counted(Level::retry, {.detected = 0});
    expect_refused("illness");
}

TEST_F(PromoteTest, RefusesTooLittlePrecision) {
    counted(Level::retry, {.justified = 8, .unjustified = 2});
    expect_refused("precision");
    settings("min_precision = 0.8\n");
    in_force();
    EXPECT_EQ(run_words({"promote", "web"}), Exit::ok) << out.str();
}

// One bad collection is enough for it to act.
TEST_F(PromoteTest, RefusesWhatASimulationSpeaksAgainst) {
    write_file("rules.d/web.toml",
               "[source.m]\nkind = \"prometheus\"\nurl = \"http://127.0.0.1:9/\"\n"
               "interval = \"5s\"\n"
               "[target.web]\nunit = \"web.service\"\nwarm_up = \"0s\"\n"
               "[target.web.indicator.e]\nsource = \"m\"\nvalue = { gauge = \"x\" }\n"
               "error = { above = 1, clear_below = 1 }\ntrip = \"1 of 1\"\nclear = \"1 of 1\"\n"
               "[target.web.ladder.retry]\nwhen = \"error\"\nfor = \"0s\"\nverify = \"5m\"\n"
               "remedy = [{ signal = { signal = \"SIGHUP\" } }]\n");
    in_force();
    counted(Level::retry, {});
    expect_refused("simulated");
    EXPECT_THAT(out.str(), HasSubstr("--scenario blip"));
}

TEST_F(PromoteTest, RefusesWhereTheDrillFails) {
    write_file("rules.d/web.toml",
               std::string{web} +
                   "[target.web.ladder.fallback]\nverify = \"1m\"\n"
                   "remedy = [{ config_fallback = { files = [{ path = \"" +
                   tree.path("none.conf") + "\", good = \"" + tree.path("none-good.conf") +
                   "\" }] } }]\n");
    in_force();
    counted(Level::retry, {});
    expect_refused("drilled");
}

TEST_F(PromoteTest, WhatWasCountedOfAnotherMeaningDoesNotCount) {
    counted(Level::retry, {.digest = std::string(64, 'a')});
    EXPECT_EQ(run_words({"promote", "web"}), Exit::breach);
    for (const char* each : {"dry_run_time", "illness", "precision"}) {
        EXPECT_THAT(out.str(), HasSubstr(fmt::format("missing {}: ", each)));
    }
}

TEST_F(PromoteTest, AWaiverHasAnOwnerAReasonAndAnEndAndIsWritten) {
    counted(Level::retry, {.detected = 0, .justified = 0, .unjustified = 0});
    const std::vector<std::string> words{
        "promote", "web", "--waive", "illness", "--waive", "precision"};
    EXPECT_EQ(run_words(words), Exit::usage);
    auto with = words;
    with.insert(with.end(), {"--owner", "ops", "--reason", "before the sale", "--until", "in 72h"});
    EXPECT_EQ(run_words(with), Exit::ok) << out.str() << err.str();
    EXPECT_THAT(recorded()[3], HasSubstr("illness waived: 0 incidents"));
    const WallTime end = clock.now().wall + std::chrono::hours{72};
    EXPECT_THAT(written(),
                AllOf(HasSubstr(fmt::format("until = \"{}\"", rules::format_utc(end))),
                      HasSubstr("# Waived by ops until"),
                      HasSubstr("before the sale")));
    EXPECT_TRUE(target().enforces(Level::retry, Mode::enforce, end - Duration{1}));
    EXPECT_FALSE(target().enforces(Level::retry, Mode::enforce, end));
    with.back() = "in 800h";
    EXPECT_EQ(run_words(with), Exit::usage);
}

TEST_F(PromoteTest, AWaiverThatWasNotNeededEndsNothing) {
    EXPECT_EQ(run_words({"promote",
                         "web",
                         "--waive",
                         "illness",
                         "--owner",
                         "ops",
                         "--reason",
                         "why",
                         "--until",
                         "in 72h"}),
              Exit::ok);
    EXPECT_THAT(written(), Not(HasSubstr("until = ")));
}

TEST_F(PromoteTest, FiguresAgainstItAndWhatIsTriedNowAreWaivedByNobody) {
    counted(Level::retry, {.justified = 8, .unjustified = 2});
    expect_refused(
        "precision",
        {"--waive", "precision", "--owner", "ops", "--reason", "why", "--until", "in 72h"});
    for (const char* each : {"checked", "simulated", "drilled", "in_force", "levels_below"}) {
        EXPECT_EQ(run_words({"promote",
                             "web",
                             "--waive",
                             each,
                             "--owner",
                             "o",
                             "--reason",
                             "r",
                             "--until",
                             "in 1h"}),
                  Exit::usage);
    }
}

TEST_F(PromoteTest, CheckOnlyLooks) {
    EXPECT_EQ(run_words({"promote", "web", "--check"}), Exit::ok);
    EXPECT_THAT(recorded(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(drop_in()));
    counted(Level::retry, {.detected = 0});
    EXPECT_EQ(run_words({"promote", "web", "--dry-run"}), Exit::breach);
    EXPECT_THAT(recorded(), IsEmpty());
}

TEST_F(PromoteTest, SaysItAsJson) {
    counted(Level::retry, {.detected = 0});
    EXPECT_EQ(run_words({"promote", "web", "--json"}), Exit::breach);
    const auto told = Document::parse(out.str());
    ASSERT_TRUE(told) << out.str();
    EXPECT_FALSE(told->root()["ok"].flag());
    EXPECT_EQ(told->root()["conditions"].items().size(), 8U);
    EXPECT_EQ(run_words({"demote", "web", "--json"}), Exit::ok);
    ASSERT_TRUE(Document::parse(out.str())) << out.str();
}

TEST_F(PromoteTest, BothNeedRoot) {
    world.uid = 1000;
    EXPECT_EQ(run_words({"promote", "web"}), Exit::denied);
    EXPECT_EQ(run_words({"demote", "web"}), Exit::denied);
    EXPECT_THAT(client.requests, IsEmpty());
}

class DemoteTest : public PromoteTest {
protected:
    DemoteTest() {
        EXPECT_EQ(run_words({"promote", "web"}), Exit::ok);
        in_force();
        counted(Level::restart, {});
        EXPECT_EQ(run_words({"promote", "web"}), Exit::ok) << out.str();
        in_force();
    }
};

TEST_F(DemoteTest, TakesEverythingBack) {
    EXPECT_EQ(run_words({"demote", "web"}), Exit::ok);
    EXPECT_FALSE(std::filesystem::exists(drop_in()));
    EXPECT_EQ(target().mode, Mode::dry_run);
    EXPECT_THAT(recorded("Demote"),
                ElementsAre("web", "retry", HasSubstr("retry and above"), "primumctl demote"));
}

TEST_F(DemoteTest, TakesALevelBackAndLeavesThoseBelow) {
    EXPECT_EQ(run_words({"demote", "web", "restart", "--reason", "it did harm"}), Exit::ok);
    EXPECT_TRUE(target().enforces(Level::retry, Mode::enforce, clock.now().wall));
    EXPECT_FALSE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
    EXPECT_EQ(recorded("Demote").at(3), "it did harm");
}

TEST_F(DemoteTest, WorksWithoutPrimumd) {
    client.answers.clear();
    EXPECT_EQ(run_words({"demote", "web"}), Exit::ok);
    EXPECT_FALSE(std::filesystem::exists(drop_in()));
    EXPECT_THAT(out.str(),
                AllOf(HasSubstr("primumd is not running"), HasSubstr("not in the ledger")));
}

TEST_F(DemoteTest, WorksWithRulesThatHaveMistakes) {
    write_file("rules.d/other.toml", "[target.x]\n");
    client.answers.erase("Reload");
    client.refuse("org.primum.Error.ReloadFailed", "no");
    EXPECT_EQ(run_words({"demote", "web"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("primumd did not take the rules"));
    std::filesystem::remove(root / "rules.d/other.toml");
    EXPECT_EQ(target().mode, Mode::dry_run);
}

TEST_F(DemoteTest, WorksWithARuleFileThatIsNoToml) {
    write_file("rules.d/web.toml", "[target.web\n");
    EXPECT_EQ(run_words({"demote", "web"}), Exit::ok) << err.str();
    write_file("rules.d/web.toml", web);
    EXPECT_EQ(target().mode, Mode::dry_run);
}

TEST_F(DemoteTest, ARuleFileThatEnforcesByItselfIsOverridden) {
    std::filesystem::remove(drop_in());
    std::string text{web};
    text.insert(text.find("[target.web.ladder.retry]"),
                "mode = \"enforce\"\nenforce_up_to = \"restart\"\n");
    write_file("rules.d/web.toml", text);
    ASSERT_TRUE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
    EXPECT_EQ(run_words({"demote", "web", "restart"}), Exit::ok);
    EXPECT_TRUE(target().enforces(Level::retry, Mode::enforce, clock.now().wall));
    EXPECT_FALSE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
    EXPECT_EQ(run_words({"demote", "web"}), Exit::ok);
    EXPECT_EQ(target().mode, Mode::dry_run);
}

TEST_F(DemoteTest, OfATargetThatIsNowhereSaysWhatStopsIt) {
    EXPECT_EQ(run_words({"demote", "nobody"}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("primumctl disable nobody"));
}

TEST_F(DemoteTest, AChangedLevelActsNoMoreUntilItIsPromotedAgain) {
    std::string changed{web};
    changed.insert(changed.find("restart = {}") + 16, "attempts = 2\n");
    write_file("rules.d/web.toml", changed);
    EXPECT_TRUE(target().enforces(Level::retry, Mode::enforce, clock.now().wall));
    EXPECT_FALSE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
    EXPECT_EQ(target().held_back, "restart has changed since it was promoted");
    in_force();
    counted(Level::restart, {});
    EXPECT_EQ(run_words({"promote", "web"}), Exit::ok) << out.str() << err.str();
    EXPECT_TRUE(target().enforces(Level::restart, Mode::enforce, clock.now().wall));
}

}  // namespace
}  // namespace primum::ctl
