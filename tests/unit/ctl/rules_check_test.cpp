// SPDX-License-Identifier: MIT
#include "ctl/rules_check.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace primum::ctl {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RulesCheckTest : public testing::RunFixture {
protected:
    [[nodiscard]] std::string path(const char* name) const { return (root / name).string(); }
};

TEST_F(RulesCheckTest, FindsAllMistakesOfAllFiles) {
    write_file("a.toml", "[target.gw]\nunti = 1\nmode = \"enfroce\"\n");
    write_file("b.toml", "[target.\n");
    const RulesReport report = check_rules({path("a.toml"), path("b.toml")}, "");
    EXPECT_GE(report.errors.size(), 3U);
    const std::string text = mistakes_text(report);
    EXPECT_THAT(text, HasSubstr(path("a.toml") + ":2:1: "));
    EXPECT_THAT(text, HasSubstr(path("a.toml") + ":3:"));
    EXPECT_THAT(text, HasSubstr(path("b.toml") + ":1:"));
    EXPECT_THAT(text, EndsWith(" mistakes\n"));
}

TEST_F(RulesCheckTest, CountsWhatIsGood) {
    write_file("a.toml",
               "[target.gw]\nunit = \"gw.service\"\nindicator.unit.value = \"unit_state\"\n");
    const RulesReport report = check_rules({path("a.toml")}, "");
    EXPECT_THAT(report.errors, IsEmpty()) << mistakes_text(report);
    EXPECT_EQ(report.targets, 1U);
    EXPECT_THAT(report.digest, SizeIs(64));
    EXPECT_THAT(report_text(report), HasSubstr(report.digest.substr(0, 12)));
}

TEST_F(RulesCheckTest, TakesTemplatesFromWhereItIsTold) {
    write_file("a.toml", "[target.gw]\nuse = \"plain\"\n");
    std::filesystem::create_directory(root / "library");
    write_file("library/plain.toml",
               "[template.plain]\nsummary = \"s\"\n[template.plain.target]\n"
               "unit = \"${name}.service\"\nindicator.unit.value = \"unit_state\"\n");
    const RulesReport report = check_rules({path("a.toml")}, "", {path("library")});
    EXPECT_THAT(report.errors, IsEmpty()) << mistakes_text(report);
    EXPECT_EQ(report.targets, 1U);
    EXPECT_EQ(report.files, 2U);
    EXPECT_THAT(mistakes_text(check_rules({path("a.toml")}, "", {path("nowhere")})),
                HasSubstr("there is no template \"plain\"; looked for in " + path("nowhere")));
}

TEST_F(RulesCheckTest, ChecksTheSettingsToo) {
    write_file("rules.toml");
    write_file("settings.toml", "moed = \"enforce\"\n");
    const RulesReport wrong = check_rules({path("rules.toml")}, path("settings.toml"));
    ASSERT_THAT(wrong.errors, SizeIs(1));
    EXPECT_EQ(wrong.errors[0].file, path("settings.toml"));
    EXPECT_EQ(wrong.errors[0].hint, "mode");
    const RulesReport missing = check_rules({path("rules.toml")}, path("none.toml"));
    ASSERT_THAT(missing.errors, SizeIs(1)) << "a named file has to be there";
}

TEST_F(RulesCheckTest, GivesMistakesAsJson) {
    RulesReport report;
    report.errors = {{"a.toml", 2, 1, "target.gw.unti", "unknown key", "unit"}};
    EXPECT_EQ(report_json(report),
              "{\"v\":1,\"ok\":false,\"digest\":\"\",\"files\":0,\"targets\":0,\"sources\":0,"
              "\"errors\":[{\"file\":\"a.toml\",\"line\":2,\"column\":1,"
              "\"key\":\"target.gw.unti\",\"message\":\"unknown key\",\"hint\":\"unit\"}]}\n");
}

}  // namespace
}  // namespace primum::ctl
