// SPDX-License-Identifier: MIT
#include "run_fixture.hpp"

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using namespace testing;

constexpr const char* rows_json =
    R"({"v":1,"now":{"t_us":1,"wall_us":1795320000000000},"actions":[{"action":{"id":"u-7",)"
    R"("sequence":7,"incident":3,"target":"gw","kind":"reload"},"state":"verified"}]})";

std::string story(const std::string& transitions) {
    return R"({"v":1,"story":{"incident":{},"decisions":[],"actions":[],"transitions":[)" +
           transitions + "]}}";
}

std::string ended(const std::string& state, const std::string& detail) {
    return R"({"action":"u-7","state":")" + state + R"(","reason":"operator","detail":")" + detail +
           R"("})";
}

class ChangeTest : public RunFixture {
protected:
    ChangeTest() {
        client.answers["Actions"] = {rows_json, {}};
        client.answers["Incident"] = {story(ended("rollback_failed", "an older try")), {}};
        client.answers["Rollback"] = {"action u-7 is being rolled back", {}};
        client.on_wait = [this](Duration by) {
            clock.advance(by);
            client.answers["Incident"] = {story(ended("rollback_failed", "an older try") + last),
                                          {}};
        };
    }

    std::string last = "," + ended("rolled_back", "2 files put back");
};

TEST_F(ChangeTest, WaitsForWhatComesOfARollback) {
    EXPECT_EQ(run_words({"rollback", "u-7", "--reason", "x"}), Exit::ok);
    EXPECT_EQ(out.str(), "action u-7 is rolled back: 2 files put back\n");
    EXPECT_TRUE(client.listening);
}

TEST_F(ChangeTest, ARollbackThatFailsIsAFailure) {
    last = "," + ended("rollback_failed", "somebody changed it since");
    EXPECT_EQ(run_words({"rollback", "7", "--reason", "x"}), Exit::breach);
    EXPECT_THAT(err.str(), HasSubstr("could NOT be rolled back: somebody changed it since"));
    EXPECT_EQ(client.requests.front().method, "Actions");
    EXPECT_EQ(run_words({"rollback", "7", "--reason", "x", "--json"}), Exit::temporary);
}

TEST_F(ChangeTest, NeedNotWait) {
    EXPECT_EQ(run_words({"rollback", "u-7", "--reason", "x", "--no-wait"}), Exit::ok);
    EXPECT_EQ(out.str(), "action u-7 is being rolled back\n");
}

TEST_F(ChangeTest, KnowsAnActionByItsNumber) {
    client.answers["Label"] = {"labelled", {}};
    EXPECT_EQ(run_words({"label", "7", "unjustified", "--reason", "x"}), Exit::ok);
    const Request& sent = client.requests.back();
    EXPECT_EQ(sent.method, "Label");
    EXPECT_EQ(std::get<std::string>(sent.arguments[0]), "u-7");
    EXPECT_EQ(std::get<std::string>(sent.arguments[1]), "unjustified");
    EXPECT_EQ(run_words({"label", "8", "unjustified", "--reason", "x"}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("there is no action \"8\""));
}

TEST_F(ChangeTest, ForcesALevel) {
    client.answers["Force"] = {"forced", {}};
    EXPECT_EQ(run_words({"force", "gw", "restart", "--reason", "x"}), Exit::ok);
    EXPECT_EQ(std::get<std::string>(client.requests.back().arguments[1]), "restart");
    EXPECT_EQ(run_words({"force", "gw", "observe", "--reason", "x"}), Exit::usage);
}

TEST_F(ChangeTest, TurnsUntilIntoALength) {
    client.answers["Hold"] = {"held", 4};
    EXPECT_EQ(run_words({"hold", "gw", "--until", "04:30", "--reason", "x"}), Exit::ok);
    EXPECT_EQ(std::get<std::uint64_t>(client.requests.back().arguments[1]), 1'800'000'000U);
    EXPECT_EQ(run_words({"hold", "gw", "--until", "2020-01-01", "--reason", "x"}), Exit::usage);
    EXPECT_THAT(err.str(), HasSubstr("no time to come"));
}

}  // namespace
}  // namespace primum::ctl
