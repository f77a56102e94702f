// SPDX-License-Identifier: MIT
#include "service_fixture.hpp"

namespace primum::bus {
namespace {

using testing::Answer;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ManagerWritesTest : public testing::ServiceFixture {};

TEST_F(ManagerWritesTest, CarriesTheCommandAndTheCallersUid) {
    start(as_root());
    const Answer held = call("Hold", {"gateway", testing::minute_us, "deploy"});
    EXPECT_EQ(held.error, "");
    EXPECT_EQ(held.number, 11U);
    EXPECT_EQ(held.text, "done");
    ASSERT_THAT(backend.commands, SizeIs(1));
    const OperatorEvent& command = backend.commands[0];
    EXPECT_EQ(command.ticket, 0U);
    EXPECT_EQ(command.verb, OperatorVerb::hold);
    EXPECT_EQ(command.target, "gateway");
    EXPECT_EQ(command.length, Duration{testing::minute_us});
    EXPECT_EQ(command.reason, "deploy");
    EXPECT_EQ(command.uid, geteuid());
}

TEST_F(ManagerWritesTest, KnowsEveryVerb) {
    start(as_root());
    for (const auto& [method, arguments] : testing::all_writes()) {
        EXPECT_EQ(call(method, arguments).error, "") << method;
    }
    ASSERT_THAT(backend.commands, SizeIs(13));
    EXPECT_EQ(backend.commands[1].verb, OperatorVerb::release);
    EXPECT_EQ(backend.commands[2].verb, OperatorVerb::disable);
    EXPECT_EQ(backend.commands[2].target, "");
    EXPECT_EQ(backend.commands[3].verb, OperatorVerb::enable);
    EXPECT_EQ(backend.commands[4].verb, OperatorVerb::acknowledge);
    EXPECT_EQ(backend.commands[4].incident, 7U);
    EXPECT_EQ(backend.commands[5].verb, OperatorVerb::rollback);
    EXPECT_EQ(backend.commands[5].action, "l-7");
    EXPECT_EQ(backend.commands[5].target, "");
    EXPECT_EQ(backend.commands[6].verb, OperatorVerb::reset_breaker);
    EXPECT_EQ(backend.commands[6].target, "gateway");
    EXPECT_EQ(backend.commands[7].verb, OperatorVerb::mark);
    EXPECT_EQ(backend.commands[7].provider, "upstream");
    EXPECT_EQ(backend.commands[7].candidate, "west");
    EXPECT_EQ(backend.commands[7].state, CandidateState::dead);
    EXPECT_EQ(backend.commands[7].length, Duration{testing::minute_us});
    EXPECT_EQ(backend.commands[8].verb, OperatorVerb::note);
    EXPECT_EQ(backend.commands[8].reason, "in another town");
    EXPECT_EQ(backend.commands[9].verb, OperatorVerb::force);
    EXPECT_EQ(backend.commands[9].target, "gateway");
    EXPECT_EQ(backend.commands[9].level, Level::restart);
    EXPECT_EQ(backend.commands[10].verb, OperatorVerb::label);
    EXPECT_EQ(backend.commands[10].action, "l-7");
    EXPECT_EQ(backend.commands[10].label, ActionLabel::unjustified);
    EXPECT_EQ(backend.commands[11].verb, OperatorVerb::promote);
    EXPECT_EQ(backend.commands[11].level, Level::restart);
    EXPECT_TRUE(backend.commands[11].refused);
    EXPECT_EQ(backend.commands[11].detail, "illness FAIL");
    EXPECT_EQ(backend.commands[12].verb, OperatorVerb::demote);
    EXPECT_EQ(backend.commands[12].level, Level::retry);
    EXPECT_EQ(backend.commands[12].reason, "it did harm");
    ASSERT_THAT(backend.reloads, SizeIs(1));
    EXPECT_EQ(backend.reloads[0].first, geteuid());
    EXPECT_EQ(backend.reloads[0].second, "new rules");
}

TEST_F(ManagerWritesTest, AMarkNeedsAStateThatThereIs) {
    start(as_root());
    const Answer answer = call("MarkProvider", {"up", "west", "tired", testing::minute_us, "x"});
    EXPECT_EQ(answer.error, "org.primum.Error.InvalidArgument");
    EXPECT_THAT(answer.message, HasSubstr("rate_limited"));
    EXPECT_EQ(call("MarkProvider", {"up", "west", "dead", std::uint64_t{0}, "x"}).error,
              "org.primum.Error.NoLength");
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(ManagerWritesTest, WhatIsForcedIsARungOfOneTarget) {
    start(as_root());
    for (const char* level : {"steady", "observe", "Restart", "5", ""}) {
        const Answer answer = call("Force", {"gateway", level, "now"});
        EXPECT_EQ(answer.error, "org.primum.Error.InvalidArgument") << level;
        EXPECT_THAT(answer.message, HasSubstr("fallback"));
    }
    EXPECT_EQ(call("Force", {"", "restart", "now"}).error, "org.primum.Error.InvalidArgument");
    EXPECT_EQ(call("Force", {"gateway", "restart", " "}).error, "org.primum.Error.NoReason");
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(ManagerWritesTest, APromotionNamesItsLevelAndWhatTheGateSaid) {
    start(as_root());
    const std::string wrong = "org.primum.Error.InvalidArgument";
    EXPECT_EQ(call("Promote", {"web", "observe", "promoted", "", "why"}).error, wrong);
    EXPECT_EQ(call("Promote", {"web", "retry", "perhaps", "", "why"}).error, wrong);
    EXPECT_EQ(call("Promote", {"", "retry", "promoted", "", "why"}).error, wrong);
    EXPECT_EQ(call("Demote", {"web", "", "", "why"}).error, wrong);
    EXPECT_EQ(call("Demote", {"web", "retry", std::string(2001, 'x'), "why"}).error, wrong);
    EXPECT_TRUE(backend.commands.empty());
}

TEST_F(ManagerWritesTest, ALabelIsOneOfTwoWords) {
    start(as_root());
    for (const char* label : {"none", "", "good"}) {
        EXPECT_EQ(call("Label", {"l-7", label, "why"}).error, "org.primum.Error.InvalidArgument");
    }
    EXPECT_EQ(call("Label", {"", "justified", "why"}).error, "org.primum.Error.InvalidArgument");
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(ManagerWritesTest, ARollbackNamesItsAction) {
    start(as_root());
    for (const std::string& id : {std::string{}, std::string(257, 'x'), std::string{"a\nb"}}) {
        const Answer answer = call("Rollback", {id, "wrong"});
        EXPECT_EQ(answer.error, "org.primum.Error.InvalidArgument");
        EXPECT_THAT(answer.message, HasSubstr("primumctl actions"));
    }
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(ManagerWritesTest, NeedsAReason) {
    start(as_root());
    for (const std::string blank : {"", "   "}) {
        for (auto [method, arguments] : testing::all_writes()) {
            arguments.back() = blank;
            const Answer answer = call(method, arguments);
            EXPECT_EQ(answer.error, "org.primum.Error.NoReason") << method;
            EXPECT_THAT(answer.message, HasSubstr("--reason"));
        }
    }
    EXPECT_EQ(call("Release", {"gateway", std::string(257, 'x')}).error,
              "org.primum.Error.TooLong");
    EXPECT_EQ(call("Release", {"gateway", "two\nlines"}).error, "org.primum.Error.InvalidArgument");
    EXPECT_THAT(backend.commands, IsEmpty());
    EXPECT_THAT(backend.reloads, IsEmpty());
    EXPECT_EQ(call("Release", {"gateway", std::string(256, 'x')}).error, "");
}

TEST_F(ManagerWritesTest, NeedsAnEnd) {
    start(as_root());
    for (const std::string method : {"Hold", "Disable"}) {
        const Answer answer = call(method, {"gateway", std::uint64_t{0}, "deploy"});
        EXPECT_EQ(answer.error, "org.primum.Error.NoLength");
        EXPECT_THAT(answer.message, HasSubstr("--for"));
    }
    EXPECT_THAT(backend.commands, IsEmpty());
    EXPECT_EQ(call("Hold", {"gateway", UINT64_MAX, "for ever"}).error, "");
    EXPECT_GT(backend.commands[0].length, std::chrono::hours{24}) << "the engine's to refuse";
}

TEST_F(ManagerWritesTest, RefusesNamesThatCannotBe) {
    start(as_root());
    EXPECT_EQ(call("Release", {"gate\nway", "x"}).error, "org.primum.Error.InvalidArgument");
    EXPECT_EQ(call("Release", {std::string(300, 'g'), "x"}).error,
              "org.primum.Error.InvalidArgument");
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(ManagerWritesTest, PassesTheEnginesRefusalOn) {
    start(as_root());
    backend.reply = {0, false, "unknown_target", "no target \"gatewax\"; see primumctl list", 0};
    const Answer answer = call("Hold", {"gatewax", testing::minute_us, "deploy"});
    EXPECT_EQ(answer.error, "org.primum.Error.UnknownTarget");
    EXPECT_EQ(answer.message, "no target \"gatewax\"; see primumctl list");
}

TEST_F(ManagerWritesTest, TellsHowAReloadWent) {
    start(as_root());
    EXPECT_EQ(call("Reload", {"x"}).text, "the rules 0123456789ab are in force");
    backend.reload_status.unchanged = true;
    EXPECT_THAT(call("Reload", {"x"}).text, HasSubstr("same as before"));
    backend.reload_status.ok = false;
    backend.reload_status.errors = {"a.toml:3:1: unknown key"};
    const Answer failed = call("Reload", {"x"});
    EXPECT_EQ(failed.error, "org.primum.Error.ReloadFailed");
    EXPECT_THAT(failed.message, HasSubstr("1 mistake "));
    EXPECT_THAT(failed.message, HasSubstr("a.toml:3:1: unknown key"));
    EXPECT_THAT(failed.message, HasSubstr("old ones stay in force"));
}

}  // namespace
}  // namespace primum::bus
