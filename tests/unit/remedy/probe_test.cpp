// SPDX-License-Identifier: MIT
#include "remedy/probe.hpp"

#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace primum::remedy {
namespace {

class ProbeTest : public testing::RemedyFixture {
protected:
    static SourceRule rule(Argv run) {
        SourceRule made;
        made.name = "load@web";
        made.kind = SourceKind::exec;
        made.timeout = std::chrono::seconds{5};
        ExecProbePlan plan;
        plan.run = std::move(run);
        plan.memory = 32U << 20U;
        plan.tasks = 3;
        made.plan = plan;
        return made;
    }
    ProbeReply probe(const SourceRule& with) {
        ProbeRun run{tools(), with};
        std::optional<ProbeReply> reply;
        run.start([&](const ProbeReply& news) { reply = news; });
        EXPECT_FALSE(reply.has_value());  // never from inside
        EXPECT_TRUE(until_jobs([&] { return reply.has_value(); }));
        return reply.value_or(ProbeReply{});
    }
};

TEST_F(ProbeTest, RunsAsAUserOfItsOwnThatMayDoNothing) {
    const auto reply = probe(rule({"/usr/bin/true", "-x"}));
    EXPECT_EQ(reply.source, "load@web");
    EXPECT_EQ(reply.code, Refusal::none);
    EXPECT_EQ(reply.exit_code, 0);
    EXPECT_FALSE(reply.timed_out);
    ASSERT_EQ(started_.size(), 1U);
    EXPECT_EQ(started_[0].name, "primum-probe-load:web.service");
    const auto& properties = started_[0].properties;
    EXPECT_EQ(properties.at("DynamicUser"), "yes");
    EXPECT_EQ(properties.count("User"), 0U);
    EXPECT_EQ(properties.at("CapabilityBoundingSet"), "0");
    EXPECT_EQ(properties.at("NoNewPrivileges"), "yes");
    EXPECT_EQ(properties.at("ProtectSystem"), "strict");
    EXPECT_EQ(properties.at("TasksMax"), "3");
    EXPECT_EQ(properties.at("MemoryMax"), std::to_string(32U << 20U));
    EXPECT_EQ(properties.count("ReadWritePaths"), 0U);
}

TEST_F(ProbeTest, WhatOthersCanWriteIsNotRun) {
    const auto own = folder_ / "plugin";
    std::filesystem::copy_file("/usr/bin/true", own);
    for (const auto& program : {own.string(), std::string{"/nowhere/at/all"}}) {
        const auto reply = probe(rule({program}));
        EXPECT_EQ(reply.code, Refusal::untrusted);
        EXPECT_EQ(reply.exit_code, -1);
    }
    EXPECT_TRUE(started_.empty());
}

TEST_F(ProbeTest, AtTheTimeoutAllOfItIsEnded) {
    clock_.set({Instant{}, {}});  // every deadline passes at once
    ProbeRun run{tools(), rule({"/usr/bin/sleep", "9"})};
    std::optional<ProbeReply> reply;
    run.start([&](const ProbeReply& news) { reply = news; });
    EXPECT_TRUE(until([&] { return reply.has_value(); }));
    EXPECT_TRUE(reply->timed_out);
    EXPECT_EQ(reply->exit_code, -1);
    EXPECT_EQ(reply->code, Refusal::none);
}

TEST_F(ProbeTest, WhatAnEarlierRunHasLeftIsClearedAwayThoughItHasFailed) {
    systemd_->on_transient = [](const FakeSystemd::Transient&) { return 0U; };  // there is one
    const auto reply = probe(rule({"/usr/bin/true"}));
    EXPECT_EQ(reply.code, Refusal::bus);
    EXPECT_TRUE(until_jobs([&] { return !systemd_->told().empty(); }));
    EXPECT_THAT(jobs_, ::testing::ElementsAre("StopUnit primum-probe-load:web.service"));
    EXPECT_THAT(systemd_->told(),
                ::testing::ElementsAre("ResetFailedUnit primum-probe-load:web.service"));
}

}  // namespace
}  // namespace primum::remedy
