// SPDX-License-Identifier: MIT
#include "daemon/options.hpp"

#include "daemon/exit_codes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace primum::daemon {
namespace {

using testing::HasSubstr;

Result<Options, UsageError> parse(const std::vector<const char*>& arguments) {
    return parse_options(arguments);
}

TEST(OptionsTest, HasDefaults) {
    const auto options = parse({});
    ASSERT_TRUE(options);
    EXPECT_EQ(*options, (Options{.settings = "/etc/primum/primum.toml"}));
}

TEST(OptionsTest, ReadsBothSpellingsOfAPath) {
    EXPECT_EQ(parse({"--settings", "/a"})->settings, "/a");
    EXPECT_EQ(parse({"--settings=/b", "--check"})->settings, "/b");
}

TEST(OptionsTest, ReadsTheSwitches) {
    const auto options = parse({"--foreground", "--check", "--version"});
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->foreground);
    EXPECT_TRUE(options->check);
    EXPECT_TRUE(options->version);
    EXPECT_FALSE(options->help);
}

TEST(OptionsTest, RefusesWhatItDoesNotKnow) {
    const auto options = parse({"--setings", "/a"});
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().message, "\"--setings\" is not an option; see primumd --help");
}

TEST(OptionsTest, RefusesAMissingOrEmptyPath) {
    EXPECT_EQ(parse({"--settings"}).error().message, "--settings needs a path; see primumd --help");
    EXPECT_FALSE(parse({"--settings="}));
    EXPECT_FALSE(parse({"--settings", ""}));
}

TEST(OptionsTest, HelpNamesEveryExitCode) {
    const std::string help{help_text()};
    for (const int code :
         {exit_ok, exit_usage, exit_invalid, exit_os_error, exit_storage, exit_taken}) {
        EXPECT_THAT(
            help,
            HasSubstr("\n  " + std::string(code < 10 ? " " : "") + std::to_string(code) + "  "));
    }
}

}  // namespace
}  // namespace primum::daemon
