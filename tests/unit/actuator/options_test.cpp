// SPDX-License-Identifier: MIT
#include "actuator/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::actuator {
namespace {

TEST(OptionsTest, NothingGivenIsAnInstalledPrimum) {
    const auto options = parse_options({});
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->settings, "/etc/primum/primum.toml");
    EXPECT_EQ(options->state, "/var/lib/primum-actuator");
    EXPECT_EQ(options->peer_user, "primum");
    EXPECT_TRUE(options->rules.empty());
    EXPECT_TRUE(options->socket.empty());
}

TEST(OptionsTest, ValuesStandBehindOrAreJoined) {
    const auto options = parse_options({"--settings",
                                        "/s",
                                        "--rules=/a",
                                        "--rules",
                                        "/b",
                                        "--state=/t",
                                        "--socket=/k",
                                        "--off-switch=/o",
                                        "--peer-user",
                                        "me"});
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->settings, "/s");
    EXPECT_EQ(options->rules, (std::vector<std::string>{"/a", "/b"}));
    EXPECT_EQ(options->state, "/t");
    EXPECT_EQ(options->socket, "/k");
    EXPECT_EQ(options->off_switch, std::vector<std::string>{"/o"});
    EXPECT_EQ(options->peer_user, "me");
}

TEST(OptionsTest, MistakesSayWhatWouldBeRight) {
    const auto unknown = parse_options({"--rule", "x"});
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().message, "unknown argument --rule; see --help");
    for (const auto& arguments :
         {std::vector<std::string>{"--state"}, std::vector<std::string>{"--state="}}) {
        const auto missing = parse_options(arguments);
        ASSERT_FALSE(missing.has_value());
        EXPECT_EQ(missing.error().message, "--state needs a value: DIR");
    }
}

TEST(OptionsTest, HelpNamesEveryOption) {
    for (const auto* name :
         {"--settings", "--rules", "--state", "--socket", "--off-switch", "--peer-user"}) {
        EXPECT_NE(usage().find(name), std::string::npos) << name;
    }
    EXPECT_TRUE(parse_options({"--help"})->help);
    EXPECT_TRUE(parse_options({"--version"})->version);
}

}  // namespace
}  // namespace primum::actuator
