// SPDX-License-Identifier: MIT
#include "remedy/notify_run.hpp"

#include "remedy_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

namespace primum::remedy {
namespace {

class NotifyRunTest : public testing::RemedyFixture {
protected:
    static NotifyOrder order(std::vector<std::string> program) {
        return {5, std::move(program), std::chrono::seconds{5}, "{\"kind\":\"exhausted\"}"};
    }
    NotifyReply run(const NotifyOrder& order) {
        NotifyRun run{tools(), order};
        std::optional<NotifyReply> reply;
        run.start([&](const NotifyReply& news) { reply = news; });
        EXPECT_FALSE(reply.has_value());  // never from inside
        EXPECT_TRUE(until_jobs([&] { return reply.has_value(); }));
        return reply.value_or(NotifyReply{});
    }
};

TEST_F(NotifyRunTest, RunsAsAUserOfItsOwnThatMayDoNothing) {
    const auto reply = run(order({"/usr/bin/true", "-x"}));
    EXPECT_EQ(reply.ticket, 5U);
    EXPECT_EQ(reply.code, Refusal::none);
    EXPECT_EQ(reply.exit_code, 0);
    ASSERT_EQ(started_.size(), 1U);
    EXPECT_EQ(started_[0].name, "primum-notify.service");
    const auto& properties = started_[0].properties;
    EXPECT_EQ(properties.at("DynamicUser"), "yes");
    EXPECT_EQ(properties.count("User"), 0U);
    EXPECT_EQ(properties.at("CapabilityBoundingSet"), "0");
    EXPECT_EQ(properties.at("NoNewPrivileges"), "yes");
    EXPECT_EQ(properties.at("TasksMax"), std::to_string(notify_tasks));
    EXPECT_EQ(properties.at("MemoryMax"), std::to_string(notify_memory_bytes));
    EXPECT_EQ(properties.count("StandardInputFileDescriptor"), 1U);
}

TEST_F(NotifyRunTest, WhatOthersCanWriteIsNotRun) {
    const auto own = folder_ / "page";
    std::filesystem::copy_file("/usr/bin/true", own);
    for (const auto& program : {own.string(), std::string{"/nowhere/at/all"}}) {
        EXPECT_EQ(run(order({program})).code, Refusal::untrusted);
    }
    EXPECT_TRUE(started_.empty());
}

TEST_F(NotifyRunTest, AtTheTimeoutAllOfItIsEnded) {
    clock_.set({Instant{}, {}});  // every deadline passes at once
    NotifyRun run{tools(), order({"/usr/bin/sleep", "9"})};
    std::optional<NotifyReply> reply;
    run.start([&](const NotifyReply& news) { reply = news; });
    EXPECT_TRUE(until([&] { return reply.has_value(); }));
    EXPECT_TRUE(reply->timed_out);
    EXPECT_EQ(reply->exit_code, -1);
}

}  // namespace
}  // namespace primum::remedy
