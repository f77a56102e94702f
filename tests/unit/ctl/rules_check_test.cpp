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
              "\"key\":\"target.gw.unti\",\"message\":\"unknown key\",\"hint\":\"unit\"}],"
              "\"units\":\"offline\",\"warnings\":[]}\n");
}

constexpr const char* delays =
    "[target.gw]\nunit = \"gw.service\"\nindicator.unit.value = \"unit_state\"\n"
    "ladder.retry = {}\n";

TEST_F(RulesCheckTest, WarningsAreNoMistakes) {
    write_file("a.toml", delays);
    EXPECT_EQ(run_words({"rules", "check", path("a.toml")}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("ok: 1 target"));
    EXPECT_THAT(err.str(), HasSubstr("a.toml:4:8: warning: level retry has no remedy"));
    EXPECT_THAT(err.str(), EndsWith("[always_passed]\n1 warning\n"));
}

TEST_F(RulesCheckTest, UnlessTheCheckIsStrict) {
    write_file("a.toml", delays);
    EXPECT_EQ(run_words({"rules", "check", path("a.toml"), "--strict"}), Exit::bad_data);
    write_file("a.toml", "");
    EXPECT_EQ(run_words({"rules", "check", path("a.toml"), "--strict"}), Exit::ok);
}

TEST_F(RulesCheckTest, GivesWarningsAsJson) {
    write_file("a.toml", delays);
    EXPECT_EQ(run_words({"rules", "check", path("a.toml"), "--json", "--strict"}), Exit::bad_data);
    EXPECT_THAT(out.str(),
                HasSubstr("\"warnings\":[{\"code\":\"always_passed\",\"file\":\"" + path("a.toml") +
                          "\",\"line\":4,\"column\":8,\"key\":"
                          "\"target.gw.ladder.retry\",\"message\":"));
    EXPECT_THAT(out.str(), HasSubstr("\"remedy\":\"give it a remedy, or leave it out\""));
}

class NoUnits final : public LiveUnits {
public:
    bool there() override {
        ++asked;
        return false;
    }
    Result<UnitSight, std::string> look(const std::string& /*unit*/) override {
        return fail(std::string{"none"});
    }
    int asked = 0;
};

TEST_F(RulesCheckTest, SaysWhenThereIsNoSystemdToAsk) {
    write_file("a.toml", delays);
    NoUnits units;
    world.units = &units;
    EXPECT_EQ(run_words({"rules", "check", path("a.toml")}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("no systemd here"));
    EXPECT_EQ(units.asked, 1);
    EXPECT_EQ(run_words({"rules", "check", path("a.toml"), "--offline"}), Exit::ok);
    EXPECT_EQ(units.asked, 1);
    EXPECT_THAT(out.str(), ::testing::Not(HasSubstr("no systemd here")));
}

}  // namespace
}  // namespace primum::ctl
