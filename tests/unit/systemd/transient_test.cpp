// SPDX-License-Identifier: MIT
#include "systemd/transient.hpp"

#include "fake_systemd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace primum::systemd {
namespace {

using ::testing::Contains;
using testing::FakeSystemd;

class TransientTest : public testing::SystemdFixture {
protected:
    void SetUp() override {
        SystemdFixture::SetUp();
        if (IsSkipped()) {
            return;
        }
        clock_.set({Instant{std::chrono::hours{24 * 36'500}}, {}});  // nothing is over yet
        manager_ = std::make_unique<Manager>(bus_);
        unit_ = std::make_unique<TransientUnit>(loop_, clock_, *manager_);
        systemd_->on_transient = [this](const FakeSystemd::Transient& unit) {
            asked_ = unit;
            systemd_->units[unit.name].active_state = "activating";
            return accept_ ? 7U : 0U;
        };
        systemd_->on_job = [this](const std::string&, const std::string& unit) {
            stopped_.push_back(unit);
            return 8U;
        };
    }
    void TearDown() override {
        for (const auto& [name, fd] : asked_.descriptors) {
            ::close(fd);
        }
    }
    void start() {
        TransientSpec spec;
        spec.name = "primum-action-a-1.service";
        spec.description = "a test";
        spec.run = {"/usr/bin/true"};
        spec.memory = 64ULL << 20U;
        spec.tasks = 8;
        spec.timeout = std::chrono::seconds{30};
        spec.output = 32;
        spec.writes = {"/var/lib/a"};
        unit_->start(spec, [this](const TransientEnd& end) { end_ = end; });
        EXPECT_TRUE(until([this] { return !asked_.name.empty() || end_.has_value(); }));
        turn_a_while();
    }
    void print(const std::string& text) {
        const int fd = asked_.descriptors["StandardOutputFileDescriptor"];
        ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        turn_a_while();
    }
    void end_job(const std::string& result, const std::string& unit_result) {
        systemd_->units[asked_.name].result = unit_result;
        systemd_->job_removed(7, asked_.name, result);
        EXPECT_TRUE(until([this] { return !stopped_.empty(); }));
        turn_a_while();
        EXPECT_FALSE(end_.has_value()) << "told while its processes may still run";
        systemd_->job_removed(8, asked_.name, "done");
        EXPECT_TRUE(until([this] { return end_.has_value(); }));
    }

    std::unique_ptr<Manager> manager_;
    std::unique_ptr<TransientUnit> unit_;
    FakeSystemd::Transient asked_;
    std::vector<std::string> stopped_;
    std::optional<TransientEnd> end_;
    bool accept_ = true;
};

TEST_F(TransientTest, AsksForASandboxWithLimits) {
    start();
    const auto& properties = asked_.properties;
    EXPECT_EQ(asked_.name, "primum-action-a-1.service");
    EXPECT_EQ(properties.at("Type"), "oneshot");
    EXPECT_EQ(properties.count("ExecStart"), 0U);  // would expand $NAME
    EXPECT_EQ(properties.at("ExecStartEx"), "a(sasas)");
    EXPECT_EQ(properties.at("NoNewPrivileges"), "yes");
    EXPECT_EQ(properties.at("ProtectSystem"), "strict");
    EXPECT_EQ(properties.at("ProtectHome"), "read-only");
    EXPECT_EQ(properties.at("PrivateTmp"), "yes");
    EXPECT_EQ(properties.at("PrivateDevices"), "yes");
    EXPECT_EQ(properties.at("CapabilityBoundingSet"), "0");
    EXPECT_EQ(properties.at("MemoryMax"), "67108864");
    EXPECT_EQ(properties.at("TasksMax"), "8");
    EXPECT_EQ(properties.at("KillMode"), "control-group");
    EXPECT_EQ(properties.at("TimeoutStartUSec"), "35000000");  // should we not end it
    EXPECT_EQ(properties.count("ReadWritePaths"), 1U);
    EXPECT_EQ(properties.count("User"), 0U);
}

TEST_F(TransientTest, TellsItsEndWhenNothingOfItIsLeft) {
    start();
    print("hello");
    end_job("done", "success");
    EXPECT_TRUE(end_->success());
    EXPECT_EQ(end_->output, "hello");
    EXPECT_THAT(systemd_->told(), Contains("KillUnit primum-action-a-1.service all 9"));
    EXPECT_THAT(systemd_->told(), Contains("ResetFailedUnit primum-action-a-1.service"));
}

TEST_F(TransientTest, AFailureIsNoSuccess) {
    start();
    end_job("failed", "exit-code");
    EXPECT_FALSE(end_->success());
    EXPECT_EQ(end_->how, TransientEnd::How::ended);
    EXPECT_EQ(end_->result, "exit-code");
}

TEST_F(TransientTest, KeepsBothEndsOfWhatIsPrinted) {
    start();
    for (int i = 0; i < 50; ++i) {
        print("0123456789");
    }
    end_job("done", "success");
    EXPECT_EQ(end_->printed, 500U);
    EXPECT_EQ(end_->output, "0123456789012345\n[... 468 bytes left out ...]\n4567890123456789");
}

TEST_F(TransientTest, StopEndsAllOfItAndCancelsItsStart) {
    start();
    unit_->stop();
    EXPECT_TRUE(until([this] { return !stopped_.empty(); }));
    EXPECT_THAT(systemd_->told(), Contains("KillUnit primum-action-a-1.service all 9"));
    systemd_->job_removed(7, asked_.name, "canceled");
    turn_a_while();
    systemd_->job_removed(8, asked_.name, "done");
    EXPECT_TRUE(until([this] { return end_.has_value(); }));
    EXPECT_EQ(end_->result, "timeout");
    EXPECT_FALSE(end_->success());
}

TEST_F(TransientTest, WhatDoesNotDieIsToldAfterTenSeconds) {
    clock_.set({});  // long over
    start();
    EXPECT_FALSE(unit_->stopped());
    unit_->stop();
    EXPECT_TRUE(unit_->stopped());
    EXPECT_TRUE(until([this] { return end_.has_value(); }));
    EXPECT_EQ(end_->how, TransientEnd::How::unknown);
    EXPECT_EQ(end_->detail, "its processes do not end, though killed");
}

TEST_F(TransientTest, ARefusalRanNothing) {
    accept_ = false;
    start();
    EXPECT_TRUE(until([this] { return end_.has_value(); }));
    EXPECT_EQ(end_->how, TransientEnd::How::refused);
    EXPECT_EQ(end_->detail, "systemd did not start it: there is one");
}

TEST_F(TransientTest, WhatNeverBeganIsNoEnd) {
    start();
    systemd_->units[asked_.name].ran = false;
    end_job("failed", "resources");
    EXPECT_EQ(end_->how, TransientEnd::How::refused);
}

TEST_F(TransientTest, TakesUpWhatAnEarlierRunStarted) {
    auto& unit = systemd_->units["primum-action-a-2.service"];
    unit.active_state = "activating";
    unit.job = 7;
    systemd_->jobs[7] = "start";
    asked_.name = "primum-action-a-2.service";
    unit_->adopt(asked_.name, [this](const TransientEnd& end) { end_ = end; });
    turn_a_while();
    EXPECT_FALSE(end_.has_value());
    end_job("done", "success");
    EXPECT_TRUE(end_->success());
}

TEST_F(TransientTest, WhatIsNotThereCannotBeTakenUp) {
    systemd_->units["primum-action-a-3.service"].load_state = "not-found";
    unit_->adopt("primum-action-a-3.service", [this](const TransientEnd& end) { end_ = end; });
    EXPECT_TRUE(until([this] { return end_.has_value(); }));
    EXPECT_EQ(end_->how, TransientEnd::How::refused);
}

}  // namespace
}  // namespace primum::systemd
