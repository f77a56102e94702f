// SPDX-License-Identifier: MIT
#include "rules/loader.hpp"

#include "rule_text.hpp"
#include "temp_dir.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace primum::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string target(const std::string& name) {
    return "[target." + name + "]\nunit = \"" + name +
           ".service\"\nindicator.unit.value = \"unit_state\"\n";
}

std::vector<std::string> target_names(const RulesLoad& load) {
    std::vector<std::string> names;
    for (const TargetRule& one : load.rules->targets) {
        names.push_back(one.name);
    }
    return names;
}

TEST(LoaderTest, TakesNothing) {
    const TempDir dir;
    const RulesLoad load = load_rules({dir.path()}, Settings{});
    EXPECT_THAT(formatted(load.errors), IsEmpty());
    ASSERT_NE(load.rules, nullptr);
    EXPECT_THAT(load.rules->targets, IsEmpty());
    EXPECT_EQ(load.rules->digest.size(), 64U);
}

TEST(LoaderTest, ReadsDirectoriesSortedAndSortsNames) {
    const TempDir dir;
    dir.write("b.toml", target("alpha") + std::string{small_source});
    dir.write("a.toml", target("zeta"));
    dir.write("c.txt", "not toml at all");
    dir.write(".hidden.toml", "nor this");
    dir.write("sub/d.toml", target("not_read"));
    const RulesLoad load = load_rules({dir.path()}, Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    EXPECT_THAT(target_names(load), ElementsAre("alpha", "zeta"));
    EXPECT_THAT(load.files, ElementsAre(dir.path() / "a.toml", dir.path() / "b.toml"));
    EXPECT_EQ(load.rules->sources.at(0).name, "m");
}

TEST(LoaderTest, TakesAFileNamedTwiceOnce) {
    const TempDir dir;
    const auto file = dir.write("a.toml", target("a"));
    EXPECT_THAT(formatted(load_rules({dir.path(), file, file}, Settings{}).errors), IsEmpty());
}

TEST(LoaderTest, NamesWhatIsMissing) {
    const TempDir dir;
    const RulesLoad load = load_rules({dir.path() / "no.toml"}, Settings{});
    EXPECT_EQ(load.rules, nullptr);
    EXPECT_THAT(formatted(load.errors),
                ElementsAre((dir.path() / "no.toml").string() +
                            ": cannot be read: No such file or directory"));
}

TEST(LoaderTest, OverridesKeyByKey) {
    const TempDir dir;
    dir.write("a.toml", target("a") + "mode = \"enforce\"\nsoak = \"1m\"\n" + target("b"));
    dir.write("a.d/20.toml", "[target.a]\nsoak = \"3m\"\n");
    dir.write("a.d/10.toml", "[target.a]\nsoak = \"2m\"\nrelapse = \"9m\"\n");
    for (const auto& path : {dir.path(), dir.path() / "a.toml"}) {
        const RulesLoad load = load_rules({path}, Settings{});
        ASSERT_THAT(formatted(load.errors), IsEmpty());
        const TargetRule& a = load.rules->targets.at(0);
        EXPECT_EQ(a.mode, Mode::enforce);
        EXPECT_EQ(a.soak, std::chrono::minutes{3});
        EXPECT_EQ(a.relapse, std::chrono::minutes{9});
        EXPECT_EQ(load.rules->targets.at(1).soak, std::chrono::minutes{5});
    }
}

TEST(LoaderTest, LocatesAMistakeInTheFileThatHasIt) {
    const TempDir dir;
    dir.write("a.toml", target("a") + "soak = \"1m\"\n");
    dir.write("a.d/x.toml", "[target.a]\n\nsoak = \"1x\"\nsoka = 1\n");
    const std::string file = (dir.path() / "a.d/x.toml").string();
    EXPECT_THAT(formatted(load_rules({dir.path()}, Settings{}).errors),
                ElementsAre(file + ":3:8: \"1x\" is no duration: unit \"x\" is unknown (us, ms, s, "
                                   "m, h, d, w); write it like \"250ms\", \"30s\" or \"1h30m\" "
                                   "(key \"target.a.soak\")",
                            file + ":4:1: unknown key (key \"target.a.soka\"; did you mean "
                                   "\"soak\"?)"));
}

TEST(LoaderTest, RefusesATargetInTwoFiles) {
    const RulesLoad load =
        compile_rules({{"a.toml", target("a")}, {"b.toml", "\n" + target("a")}}, Settings{});
    EXPECT_THAT(formatted(load.errors),
                ElementsAre("b.toml:2:9: target a stands in a.toml:1 already (key \"target.a\")"));
    EXPECT_EQ(compile_rules(
                  {{"a.toml", std::string{small_source}}, {"b.toml", std::string{small_source}}},
                  Settings{})
                  .errors.size(),
              1U);
}

TEST(LoaderTest, UsesASourceOfAnotherFile) {
    EXPECT_THAT(formatted(compile_rules({{"a.toml",
                                          "[target.a.indicator.i]\nsource = \"m\"\nseries = 'x'\n"
                                          "error = { above = 1 }\n"},
                                         {"b.toml", std::string{small_source}}},
                                        Settings{})
                              .errors),
                IsEmpty());
}

TEST(LoaderTest, ASyntaxErrorEndsItsOwnFileOnly) {
    const RulesLoad load = compile_rules({{"a.toml", "[target.a\nunit = 5\n"},
                                          {"b.toml", target("b") + "soak = 5\n"},
                                          // "a" and source "s" may stand in the broken file
                                          {"c.toml",
                                           target("c") + "depends_on = [\"a\"]\n"
                                                         "[target.c.indicator.i]\nsource = \"s\"\n"
                                                         "series = 'x'\nerror = { above = 1 }\n"}},
                                         Settings{});
    EXPECT_EQ(load.rules, nullptr);
    EXPECT_THAT(formatted(load.errors),
                ElementsAre(testing::StartsWith("a.toml:1:10: syntax: "),
                            "b.toml:4:8: a duration is a string with a unit, like \"30s\" (key "
                            "\"target.b.soak\")"));
}

TEST(LoaderTest, TenMistakesGiveTenErrors) {
    const RulesLoad load =
        compile_rules({{"r.toml",
                        "[source.m]\n"
                        "kind = \"prometheus\"\n"
                        "url = \"http://127.0.0.1:9100/metrics\"\n"
                        "interval = 5\n"
                        "[target.web]\n"
                        "unit = \"web\"\n"
                        "mode = \"enfroce\"\n"
                        "depends_on = [\"db\"]\n"
                        "budget = { actions = 500, per = \"1h\" }\n"
                        "[target.web.indicator.errors]\n"
                        "source = \"n\"\n"
                        "value = { ratio = ['x{code=~\"(\"}', 'x'], over = \"1m\" }\n"
                        "error = { above = 0.5 }\n"
                        "critical = { above = 0.25 }\n"
                        "trip = \"6 of 5\"\n"
                        "[target.web.ladder.restart]\n"
                        "remedi = [{ restart = {} }]\n"}},
                      Settings{});
    EXPECT_EQ(load.rules, nullptr);
    EXPECT_THAT(
        formatted(load.errors),
        ElementsAre(
            "r.toml:4:12: a duration is a string with a unit, like \"30s\" (key "
            "\"source.m.interval\")",
            "r.toml:6:8: the unit's name needs its suffix, like \".service\" (key "
            "\"target.web.unit\")",
            "r.toml:7:8: \"enfroce\" is none of observe, dry_run, enforce (key "
            "\"target.web.mode\"; did you mean \"enforce\"?)",
            "r.toml:8:15: there is no target \"db\" (key \"target.web.depends_on\")",
            "r.toml:9:22: 500 actions per 1h are over the ceiling of 120 an hour (key "
            "\"target.web.budget.actions\")",
            "r.toml:11:10: there is no source \"n\" (key \"target.web.indicator.errors.source\"; "
            "did you mean \"m\"?)",
            testing::AllOf(
                testing::StartsWith("r.toml:12:20: no selector: the regular expression \"(\" is "
                                    "wrong"),
                testing::EndsWith("(key \"target.web.indicator.errors.value.ratio\")")),
            "r.toml:14:12: critical begins before error does (key "
            "\"target.web.indicator.errors.critical\")",
            "r.toml:15:8: \"6 of 5\" is not like \"3 of 5\", with 1 <= k <= n <= 100 (key "
            "\"target.web.indicator.errors.trip\")",
            "r.toml:17:1: unknown key (key \"target.web.ladder.restart.remedi\"; did you mean "
            "\"remedy\"?)"));
}

TEST(LoaderTest, RefusesUnknownTopKeys) {
    EXPECT_THAT(errors_of("[targets.a]\nx = 1\n"),
                ElementsAre("r.toml:1:2: unknown key (key \"targets\"; did you mean \"target\"?)"));
    EXPECT_THAT(errors_of("target = 5\n[source]\nm = 3\n"),
                ElementsAre("r.toml:1:10: a table is expected, not a whole number (key \"target\")",
                            "r.toml:3:5: a table is expected (key \"source.m\")"));
}

TEST(LoaderTest, ReadsTheExample) {
    const auto file = std::filesystem::path{PRIMUM_SOURCE_ROOT} / "../shared/example-rules.toml";
    if (!std::filesystem::exists(file)) {
        GTEST_SKIP() << file << " is absent";
    }
    const RulesLoad load = load_rules({file}, Settings{});
    EXPECT_THAT(formatted(load.errors), IsEmpty());
    ASSERT_NE(load.rules, nullptr);
    EXPECT_EQ(load.rules->targets.size(), 2U);
    ASSERT_EQ(load.rules->providers.size(), 1U);
    EXPECT_EQ(load.rules->providers[0].candidates.size(), 3U);
}

TEST(LoaderTest, TakesEveryExampleOfTheDocsOnSources) {
    std::ifstream file{std::filesystem::path{PRIMUM_SOURCE_ROOT} / "docs/sources.md"};
    const std::string doc{std::istreambuf_iterator<char>{file}, {}};
    constexpr std::string_view begin = "```toml\n";
    std::size_t examples = 0;
    for (auto at = doc.find(begin); at != std::string::npos; at = doc.find(begin, at)) {
        at += begin.size();
        const auto example = doc.substr(at, doc.find("```", at) - at);
        EXPECT_THAT(errors_of(example), IsEmpty()) << example;
        ++examples;
    }
    EXPECT_GE(examples, 2U);
}

TEST(LoaderTest, GivesItsTextToReadAgain) {
    const TempDir dir;
    dir.write("a.toml", target("a") + "soak = \"1m\"");  // no newline at the end
    dir.write("a.d/x.toml", "[target.a]\nsoak = \"2m\"\n");
    dir.write("b.toml", std::string{small_source});
    dir.write("empty.toml", "");
    const RulesLoad load = load_rules({dir.path()}, Settings{});
    ASSERT_THAT(formatted(load.errors), IsEmpty());
    const auto files = split_rules_text(load.text);
    ASSERT_EQ(files.size(), 4U);
    const RulesLoad again = compile_rules(files, Settings{});
    ASSERT_NE(again.rules, nullptr);
    EXPECT_EQ(again.rules->digest, load.rules->digest);
    EXPECT_EQ(again.text, load.text);
}

TEST(LoaderTest, SplitsTextWithoutMarkersAsOneFile) {
    EXPECT_THAT(split_rules_text(""), IsEmpty());
    for (const char* text : {"[target.a]\n",
                             "#primum-rules x\n",
                             "#primum-rules 99 a\nb",
                             "#primum-rules 1",
                             "#primum-rules 18446744073709551615 a\nb"}) {
        const auto files = split_rules_text(text);
        ASSERT_EQ(files.size(), 1U) << text;
        EXPECT_EQ(files[0].path, "rules");
        EXPECT_EQ(files[0].text, text);
    }
}

TEST(LoaderTest, LoadsManyTargets) {
    std::vector<RuleFile> files;
    for (int i = 0; i < 1000; ++i) {
        if (i % 250 == 0) {
            files.push_back(RuleFile{"f" + std::to_string(i) + ".toml", ""});
        }
        files.back().text += target("t" + std::to_string(i));
    }
    const RulesLoad load = compile_rules(files, Settings{});
    ASSERT_NE(load.rules, nullptr);
    EXPECT_EQ(load.rules->targets.size(), 1000U);
}

}  // namespace
}  // namespace primum::rules
