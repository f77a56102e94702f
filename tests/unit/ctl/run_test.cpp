// SPDX-License-Identifier: MIT
#include "ctl/run.hpp"

#include "run_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace primum::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class RunTest : public testing::RunFixture {};

template <class T>
T argument(const Request& request, std::size_t i) {
    return std::get<T>(request.arguments.at(i));
}

TEST_F(RunTest, PrintsTheDocumentAndNothingElseWithJson) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> reads{
        {"Status", {"status"}},
        {"ListTargets", {"list"}},
        {"Explain", {"show", "gw"}},
        {"Explain", {"explain", "gw"}},
        {"Sources", {"sources"}},
        {"Source", {"sources", "show", "web_metrics"}},
        {"Providers", {"providers"}},
        {"Providers", {"providers", "show", "upstream"}},
        {"Incidents", {"incidents"}},
        {"Incident", {"incidents", "show", "7"}},
        {"Actions", {"actions"}}};
    for (auto [method, words] : reads) {
        client.answers = {{method, {R"({"v":1,"x":2})", std::nullopt}}};
        client.requests.clear();
        words.emplace_back("--json");
        EXPECT_EQ(run_words(words), Exit::ok);
        EXPECT_EQ(out.str(), "{\"v\":1,\"x\":2}\n") << words[0];
        EXPECT_EQ(err.str(), "");
        ASSERT_THAT(client.requests, SizeIs(1));
        EXPECT_FALSE(client.requests[0].interactive) << "a read asks for no password";
    }
}

TEST_F(RunTest, ShowsTheStatusWithTheLastActions) {
    client.answers = {{"Status", {testing::status_json, std::nullopt}},
                      {"Actions", {testing::actions_json, std::nullopt}}};
    EXPECT_EQ(run_words({"status"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("LAST ACTIONS"));
    EXPECT_THAT(out.str(), HasSubstr("in flight    restart gateway.service"));
}

TEST_F(RunTest, ShowsTheStatusWithoutALedger) {
    client.answers = {{"Status", {testing::failed_status_json, std::nullopt}}};
    client.refuse("org.primum.Error.LedgerUnavailable", "the ledger did not answer");
    EXPECT_EQ(run_words({"status"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("NOT WRITABLE"));
}

TEST_F(RunTest, SaysThatPrimumdIsNotRunning) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"status"},
          std::vector<std::string>{"hold", "gw", "--for", "1h", "--reason", "x"},
          std::vector<std::string>{"reload"}}) {
        EXPECT_EQ(run_words(words), Exit::unreachable);
        EXPECT_EQ(out.str(), "");
        EXPECT_EQ(err.str(),
                  "primumctl: primumd is not running (systemctl start primumd.service)\n");
    }
}

TEST_F(RunTest, KeepsTheErrorInJsonToo) {
    client.refuse("org.primum.Error.UnknownTarget", "there is no target \"gx\"");
    EXPECT_EQ(run_words({"show", "gx", "--json"}), Exit::usage);
    EXPECT_EQ(out.str(),
              "{\"v\":1,\"ok\":false,\"error\":\"org.primum.Error.UnknownTarget\","
              "\"message\":\"there is no target \\\"gx\\\"\"}\n");
    EXPECT_EQ(err.str(), "primumctl: there is no target \"gx\"\n");
    EXPECT_EQ(run_words({"hold", "--json"}), Exit::usage);
    EXPECT_THAT(out.str(), StartsWith(R"({"v":1,"ok":false,"error":"org.primum.Error.Usage")"));
}

TEST_F(RunTest, HasAnExitCodeForEachFailure) {
    using Kind = CallFailure::Kind;
    const auto code = [](Kind kind, const char* name) { return exit_of({kind, name, ""}); };
    EXPECT_EQ(code(Kind::no_bus, ""), Exit::unreachable);
    EXPECT_EQ(code(Kind::not_running, ""), Exit::unreachable);
    EXPECT_EQ(code(Kind::timeout, ""), Exit::unreachable);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.NotAuthorized"), Exit::denied);
    EXPECT_EQ(code(Kind::refused, "org.freedesktop.DBus.Error.AccessDenied"), Exit::denied);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.UnknownTarget"), Exit::usage);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.UnknownAction"), Exit::usage);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.NoWayBack"), Exit::usage);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.NotTripped"), Exit::usage);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.TooLong"), Exit::usage);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.ReloadFailed"), Exit::bad_data);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.Internal"), Exit::internal);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.Busy"), Exit::temporary);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.Stopping"), Exit::temporary);
    EXPECT_EQ(code(Kind::refused, "org.primum.Error.LedgerUnavailable"), Exit::temporary);
    EXPECT_EQ(code(Kind::refused, "something.Else"), Exit::temporary);
}

TEST_F(RunTest, DoesNotTrustAnAnswerItDoesNotUnderstand) {
    client.answers = {{"ListTargets", {R"({"v":2})", std::nullopt}}};
    EXPECT_EQ(run_words({"list"}), Exit::internal);
    EXPECT_THAT(err.str(), HasSubstr("same version"));
}

TEST_F(RunTest, SendsWhatAChangeNeeds) {
    client.answers = {{"Hold", {"held", 3}}, {"Acknowledge", {"armed", std::nullopt}}};
    EXPECT_EQ(run_words({"hold", "gw", "--for", "30m", "--reason", "deploy"}), Exit::ok);
    EXPECT_EQ(out.str(), "held\n");
    ASSERT_THAT(client.requests, SizeIs(1));
    const Request hold = client.requests[0];
    EXPECT_TRUE(hold.interactive);
    EXPECT_EQ(argument<std::string>(hold, 0), "gw");
    EXPECT_EQ(argument<std::uint64_t>(hold, 1), 1'800'000'000U);
    EXPECT_EQ(argument<std::string>(hold, 2), "deploy");
    EXPECT_EQ(run_words({"ack", "7", "--reason", "seen", "--json"}), Exit::ok);
    EXPECT_EQ(out.str(), "{\"v\":1,\"ok\":true,\"message\":\"armed\"}\n");
    EXPECT_EQ(argument<std::uint64_t>(client.requests[1], 0), 7U);
}

TEST_F(RunTest, SendsRollbacksAndResets) {
    client.answers = {{"Rollback", {"under way", std::nullopt}},
                      {"ResetBreaker", {"reset", std::nullopt}}};
    EXPECT_EQ(run_words({"rollback", "l-7", "--reason", "wrong", "--no-wait"}), Exit::ok);
    EXPECT_EQ(argument<std::string>(client.requests[0], 0), "l-7");
    EXPECT_EQ(argument<std::string>(client.requests[0], 1), "wrong");
    EXPECT_EQ(run_words({"reset-breaker", "gw", "--reason", "mended"}), Exit::ok);
    EXPECT_EQ(argument<std::string>(client.requests[1], 0), "gw");
    EXPECT_EQ(run_words({"reset-breaker", "--reason", "mended"}), Exit::ok);
    EXPECT_EQ(argument<std::string>(client.requests[2], 0), "");
    EXPECT_TRUE(client.requests[2].interactive);
}

TEST_F(RunTest, ReloadHasAReasonOfItsOwn) {
    client.answers = {{"Reload", {"fine", std::nullopt}}};
    EXPECT_EQ(run_words({"reload"}), Exit::ok);
    EXPECT_EQ(argument<std::string>(client.requests[0], 0), "primumctl reload");
    EXPECT_EQ(run_words({"reload", "--reason", "4.2"}), Exit::ok);
    EXPECT_EQ(argument<std::string>(client.requests[1], 0), "4.2");
}

TEST_F(RunTest, AsksForAPage) {
    client.answers = {{"Incidents", {testing::incidents_json, std::nullopt}}};
    EXPECT_EQ(run_words({"incidents", "--limit", "5", "--before", "9"}), Exit::ok);
    EXPECT_EQ(argument<std::uint32_t>(client.requests[0], 0), 5U);
    EXPECT_EQ(argument<std::uint64_t>(client.requests[0], 1), 9U);
}

TEST_F(RunTest, ChecksRulesWithoutPrimumd) {
    write_file("good.toml",
               "[target.gw]\nunit = \"gw.service\"\nindicator.unit.value = "
               "\"unit_state\"\n");
    EXPECT_EQ(run_words({"rules", "check", (root / "good.toml").string()}), Exit::ok);
    EXPECT_THAT(out.str(), StartsWith("ok: 1 target and 0 sources in 1 file"));
    EXPECT_EQ(err.str(), "");
    write_file("bad.toml", "[target.gw]\nunti = \"gw.service\"\n");
    const std::string bad = (root / "bad.toml").string();
    EXPECT_EQ(run_words({"rules", "check", bad}), Exit::bad_data);
    EXPECT_EQ(out.str(), "");
    EXPECT_THAT(err.str(), HasSubstr("\n" + bad + ":2:1: unknown key"));
    EXPECT_EQ(run_words({"rules", "check", bad, "--json"}), Exit::bad_data);
    EXPECT_THAT(out.str(), StartsWith(R"({"v":1,"ok":false,)"));
    EXPECT_THAT(client.requests, IsEmpty());
}

TEST_F(RunTest, TellsItsVersion) {
    EXPECT_EQ(run_words({"version"}), Exit::ok);
    EXPECT_THAT(out.str(), StartsWith("primumctl "));
    EXPECT_EQ(run_words({"version", "--json"}), Exit::ok);
    EXPECT_THAT(out.str(), StartsWith(R"({"v":1,"version":")"));
    EXPECT_THAT(client.requests, IsEmpty());
}

TEST_F(RunTest, PutsHelpOnStdoutAndMistakesOnStderr) {
    EXPECT_EQ(run_words({"--help"}), Exit::ok);
    EXPECT_THAT(out.str(), HasSubstr("Exit codes:"));
    EXPECT_EQ(err.str(), "");
    EXPECT_EQ(run_words({"bogus"}), Exit::usage);
    EXPECT_EQ(out.str(), "");
    EXPECT_THAT(err.str(), StartsWith("primumctl: there is no command"));
}

}  // namespace
}  // namespace primum::ctl
