// SPDX-License-Identifier: MIT
#include "service_fixture.hpp"

#include <string>
#include <vector>

namespace primum::bus {
namespace {

using testing::Answer;
using testing::FakePolkit;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AuthorityTest : public testing::ServiceFixture {};

TEST_F(AuthorityTest, AsksPolkitAboutUsersOneActionAVerb) {
    start(as_user());
    polkit = std::make_unique<FakePolkit>();
    for (const auto& [method, arguments] : testing::all_writes()) {
        EXPECT_EQ(call(method, arguments).error, "") << method;
    }
    EXPECT_THAT(polkit->asked,
                ::testing::ElementsAre("org.primum.hold",
                                       "org.primum.release",
                                       "org.primum.disable",
                                       "org.primum.enable",
                                       "org.primum.acknowledge",
                                       "org.primum.rollback",
                                       "org.primum.reset-breaker",
                                       "org.primum.mark-provider",
                                       "org.primum.note-provider",
                                       "org.primum.force",
                                       "org.primum.label",
                                       "org.primum.promote",
                                       "org.primum.demote",
                                       "org.primum.reload"));
    const char* name = nullptr;
    ASSERT_GE(sd_bus_get_unique_name(caller->bus(), &name), 0);
    EXPECT_EQ(polkit->subject, name);
    EXPECT_EQ(polkit->flags, 0U);
    EXPECT_EQ(backend.commands.at(0).uid, geteuid());
}

TEST_F(AuthorityTest, RefusesWhatPolkitRefuses) {
    start(as_user());
    polkit = std::make_unique<FakePolkit>();
    polkit->says = FakePolkit::Says::no;
    for (const auto& [method, arguments] : testing::all_writes()) {
        const Answer answer = call(method, arguments);
        EXPECT_EQ(answer.error, "org.primum.Error.NotAuthorized") << method;
        EXPECT_THAT(answer.message, HasSubstr("sudo"));
    }
    EXPECT_THAT(backend.commands, IsEmpty());
    EXPECT_THAT(backend.reloads, IsEmpty());
}

TEST_F(AuthorityTest, LetsPolkitAskTheUserOnlyWhenTheCallerAllowsIt) {
    start(as_user());
    polkit = std::make_unique<FakePolkit>();
    polkit->says = FakePolkit::Says::needs_password;
    const Answer refused = call("Release", {"gateway", "x"});
    EXPECT_EQ(refused.error, "org.primum.Error.NotAuthorized");
    EXPECT_THAT(refused.message, HasSubstr("password"));
    EXPECT_EQ(polkit->flags, 0U);
    polkit->says = FakePolkit::Says::yes;
    EXPECT_EQ(call("Release", {"gateway", "x"}, true).error, "");
    EXPECT_EQ(polkit->flags, 1U);
}

TEST_F(AuthorityTest, GivesUpOnASilentPolkit) {
    start(as_user());
    polkit = std::make_unique<FakePolkit>();
    polkit->says = FakePolkit::Says::nothing;
    const Answer answer = call("Release", {"gateway", "x"}, true);
    EXPECT_EQ(answer.error, "org.primum.Error.NotAuthorized");
    EXPECT_THAT(answer.message, HasSubstr("in time"));
    EXPECT_TRUE(pump([&] { return polkit->cancelled == 1; }));
    EXPECT_THAT(backend.commands, IsEmpty());
    EXPECT_EQ(service->outstanding(), 0U);
}

TEST_F(AuthorityTest, OnlyRootMayWithoutPolkit) {
    start(as_user());
    const Answer answer = call("Release", {"gateway", "x"});
    EXPECT_EQ(answer.error, "org.primum.Error.NotAuthorized");
    EXPECT_THAT(answer.message, HasSubstr("polkit is not there"));
    EXPECT_THAT(backend.commands, IsEmpty());
}

TEST_F(AuthorityTest, DoesNothingForACallerWhoLeftBeforePolkitAnswered) {
    ServiceOptions options = as_user();
    start(options);
    polkit = std::make_unique<FakePolkit>();
    polkit->says = FakePolkit::Says::nothing;
    const auto waiting = caller->send("Release", {"gateway", "x"});
    EXPECT_TRUE(pump([&] { return polkit->asked.size() == 1; }));
    caller = std::make_unique<testing::Caller>();
    EXPECT_TRUE(pump([&] { return service->outstanding() == 0; }));
    EXPECT_FALSE(waiting->arrived);
    EXPECT_THAT(backend.commands, IsEmpty());
}

}  // namespace
}  // namespace primum::bus
