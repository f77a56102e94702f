// SPDX-License-Identifier: MIT
#include "ctl/rules_show.hpp"

#include "rules/rule_tree.hpp"
#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* two =
    "[target.gw]\nunit = \"gw.service\"\nindicator.unit.value = \"unit_state\"\n"
    "[target.db]\nunit = \"db.service\"\nindicator.unit.value = \"unit_state\"\n"
    "ladder.restart = { remedy = [{ restart = {} }], verify = \"5m\" }\n";

class RulesShowTest : public testing::RunFixture {
protected:
    [[nodiscard]] std::string path(const char* name) const { return (root / name).string(); }
};

TEST_F(RulesShowTest, FillsInTheDefaultsAndMarksThem) {
    write_file("a.toml", two);
    ASSERT_EQ(run_words({"rules", "show", path("a.toml")}), Exit::ok) << err.str();
    EXPECT_THAT(out.str(),
                HasSubstr("\n[target.gw]\nunit = \"gw.service\"\n"
                          "mode = \"dry_run\"  # default\n"));
    EXPECT_THAT(out.str(), HasSubstr("verify = \"5m\"\n"));
    EXPECT_THAT(out.str(), HasSubstr("settle = \"10s\"  # default\n"));
    const std::string shown = out.str();
    write_file("b.toml", shown);
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml"), path("b.toml")}), Exit::ok) << out.str();
}

TEST_F(RulesShowTest, ShowsOneTarget) {
    write_file("a.toml", two);
    ASSERT_EQ(run_words({"rules", "show", "db", path("a.toml")}), Exit::ok) << err.str();
    EXPECT_THAT(out.str(), Not(HasSubstr("target.gw")));
    EXPECT_EQ(run_words({"rules", "show", "bd", path("a.toml")}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("there is no target bd; there are db, gw"));
}

TEST_F(RulesShowTest, ShowsTheRulesThatTheSettingsName) {
    write_file("a.toml", two);
    write_file("primum.toml", "rules = [\"" + path("a.toml") + "\"]\n");
    world.settings_file = path("primum.toml");
    ASSERT_EQ(run_words({"rules", "show", "gw"}), Exit::ok) << err.str();
    EXPECT_THAT(out.str(), HasSubstr("[target.gw]"));
}

TEST_F(RulesShowTest, GivesJson) {
    write_file("a.toml", two);
    ASSERT_EQ(run_words({"rules", "show", "gw", path("a.toml"), "--json"}), Exit::ok);
    const auto document = Document::parse(out.str());
    ASSERT_TRUE(document.has_value()) << out.str();
    EXPECT_EQ(document->root().at("rules.target.gw.unit").text(), "gw.service");
    EXPECT_THAT(document->root()["defaults"].raw(), HasSubstr("\"target.gw.mode\""));
    EXPECT_THAT(document->root()["defaults"].raw(), Not(HasSubstr("\"target.gw.unit\"")));
}

TEST_F(RulesShowTest, TellsMistakes) {
    write_file("a.toml", "[target.gw]\nunti = 1\n");
    EXPECT_EQ(run_words({"rules", "show", path("a.toml")}), Exit::bad_data);
    EXPECT_THAT(err.str(), HasSubstr("did you mean \"unit\""));
}

}  // namespace
}  // namespace primum::ctl
