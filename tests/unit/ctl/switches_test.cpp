// SPDX-License-Identifier: MIT
#include "ctl/switches.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class SwitchesTest : public testing::RunFixture {
protected:
    static std::vector<std::string> disable() {
        return {"disable", "--for", "1h", "--reason", "storm"};
    }
    static std::vector<std::string> enable() { return {"enable", "--reason", "over"}; }

    [[nodiscard]] bool has(const char* name) const { return std::filesystem::exists(root / name); }
};

TEST_F(SwitchesTest, DisableGoesOverTheBusWhenSomebodyAnswers) {
    world.uid = 0;
    client.answers = {{"Disable", {"disabled until 05:00", 4}}};
    EXPECT_EQ(run_words(disable()), Exit::ok);
    EXPECT_EQ(out.str(), "disabled until 05:00\n");
    EXPECT_FALSE(has("run/primum/disabled"));
    EXPECT_EQ(client.requests.at(0).timeout, switch_timeout);
}

TEST_F(SwitchesTest, RootWritesTheFileWhenNobodyAnswers) {
    world.uid = 0;
    for (const CallFailure::Kind kind :
         {CallFailure::Kind::not_running, CallFailure::Kind::no_bus, CallFailure::Kind::timeout}) {
        client.failure = {kind, "", "gone"};
        EXPECT_EQ(run_words(disable()), Exit::ok);
        EXPECT_THAT(out.str(), HasSubstr((root / "run/primum/disabled").string()));
        EXPECT_THAT(out.str(), HasSubstr("no end of its own"));
        EXPECT_TRUE(has("run/primum/disabled"));
        std::filesystem::remove(root / "run/primum/disabled");
    }
}

TEST_F(SwitchesTest, TheFileSaysWhoAndWhy) {
    world.uid = 0;
    EXPECT_EQ(run_words(disable()), Exit::ok);
    std::ifstream file{root / "run/primum/disabled"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(text, "disabled by uid 0 at 2026-11-22 04:00:00: storm\n");
}

TEST_F(SwitchesTest, ARefusalIsNotOverruledByTheFile) {
    world.uid = 0;
    client.refuse("org.primum.Error.TooLong", "24h are the most");
    EXPECT_EQ(run_words(disable()), Exit::usage);
    EXPECT_FALSE(has("run/primum/disabled"));
}

TEST_F(SwitchesTest, OthersThanRootWriteNoFile) {
    EXPECT_EQ(run_words(disable()), Exit::unreachable);
    EXPECT_FALSE(has("run/primum/disabled"));
    EXPECT_GT(client.requests.at(0).timeout, switch_timeout) << "a password takes its time";
}

TEST_F(SwitchesTest, ASingleTargetNeedsPrimumd) {
    world.uid = 0;
    EXPECT_EQ(run_words({"disable", "gw", "--for", "1h", "--reason", "x"}), Exit::unreachable);
    EXPECT_FALSE(has("run/primum/disabled"));
}

TEST_F(SwitchesTest, SaysWhenTheFileCannotBeWritten) {
    world.uid = 0;
    std::filesystem::remove_all(root / "run");
    EXPECT_EQ(run_words(disable()), Exit::internal);
    EXPECT_THAT(err.str(), HasSubstr("cannot make"));
    EXPECT_THAT(err.str(), HasSubstr("systemctl stop"));
}

TEST_F(SwitchesTest, EnableAsRootRemovesTheFileToo) {
    world.uid = 0;
    write_file("run/primum/disabled");
    client.answers = {{"Enable", {"enabled", std::nullopt}}};
    EXPECT_EQ(run_words(enable()), Exit::ok);
    EXPECT_THAT(out.str(), StartsWith("enabled; the file "));
    EXPECT_FALSE(has("run/primum/disabled"));
}

TEST_F(SwitchesTest, EnableAsRootWorksWithoutPrimumd) {
    world.uid = 0;
    write_file("run/primum/disabled");
    EXPECT_EQ(run_words(enable()), Exit::ok);
    EXPECT_THAT(out.str(), StartsWith("primumd is not running"));
    EXPECT_FALSE(has("run/primum/disabled"));
    EXPECT_EQ(run_words(enable()), Exit::unreachable) << "then there is nothing left to do";
}

TEST_F(SwitchesTest, EnableSaysWhenAFileStillHoldsPrimumOff) {
    world.uid = 0;
    write_file("run/primum/disabled");
    write_file("etc/primum/disabled");
    client.answers = {{"Enable", {"enabled", std::nullopt}}};
    EXPECT_EQ(run_words(enable()), Exit::temporary);
    EXPECT_THAT(err.str(), HasSubstr((root / "etc/primum/disabled").string()));
    EXPECT_THAT(err.str(), HasSubstr("still keeps primum off"));
    EXPECT_TRUE(has("etc/primum/disabled")) << "what root put there stays";
    EXPECT_FALSE(has("run/primum/disabled"));
}

TEST_F(SwitchesTest, EnableAsUserRemovesNothing) {
    write_file("run/primum/disabled");
    client.answers = {{"Enable", {"enabled", std::nullopt}}};
    EXPECT_EQ(run_words(enable()), Exit::temporary);
    EXPECT_TRUE(has("run/primum/disabled"));
}

TEST_F(SwitchesTest, JsonStaysJson) {
    world.uid = 0;
    auto words = disable();
    words.emplace_back("--json");
    EXPECT_EQ(run_words(words), Exit::ok);
    EXPECT_THAT(out.str(), StartsWith(R"({"v":1,"ok":true,"message":")"));
    EXPECT_EQ(reply_json({"held", 3}), "{\"v\":1,\"ok\":true,\"message\":\"held\",\"hold\":3}\n");
}

}  // namespace
}  // namespace primum::ctl
