// SPDX-License-Identifier: MIT
#include "ctl/rules_diff.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;

constexpr const char* gw =
    "[target.gw]\nunit = \"gw.service\"\nindicator.unit.value = \"unit_state\"\n";

class RulesDiffTest : public testing::RunFixture {
protected:
    [[nodiscard]] std::string path(const char* name) const { return (root / name).string(); }
};

TEST_F(RulesDiffTest, EndsWithNothingWhereNothingDiffers) {
    write_file("a.toml", gw);
    write_file("b.toml", std::string{gw} + "warm_up = \"120s\"\n");
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml"), path("b.toml")}), Exit::ok);
    EXPECT_EQ(out.str(), "no difference in effect\n");
}

TEST_F(RulesDiffTest, SaysWhatLetsItActMore) {
    write_file("a.toml", gw);
    write_file("b.toml", std::string{gw} + "mode = \"enforce\"\n");
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml"), path("b.toml")}), Exit::regression);
    EXPECT_EQ(out.str(),
              "~ target.gw.mode: \"dry_run\" -> \"enforce\"  (acts more)\n"
              "1 difference: 1 let it act more, 0 less\n");
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml"), path("b.toml"), "--json"}),
              Exit::regression);
    EXPECT_EQ(out.str(),
              "{\"v\":1,\"same\":false,\"changes\":[{\"kind\":\"changed\",\"key\":"
              "\"target.gw.mode\",\"before\":\"\\\"dry_run\\\"\",\"after\":\"\\\"enforce\\\"\","
              "\"tendency\":\"acts_more\",\"meaning\":\"acts more\"}]}\n");
}

TEST_F(RulesDiffTest, NeedsTwoThatAreThere) {
    write_file("a.toml", gw);
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml")}), Exit::usage);
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml"), path("none.toml")}), Exit::no_input);
    EXPECT_THAT(err.str(), HasSubstr("none.toml"));
    write_file("b.toml", "[target.\n");
    EXPECT_EQ(run_words({"rules", "diff", path("a.toml"), path("b.toml")}), Exit::bad_data);
}

}  // namespace
}  // namespace primum::ctl
