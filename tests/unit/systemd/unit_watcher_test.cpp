// SPDX-License-Identifier: MIT
#include "systemd/unit_watcher.hpp"

#include "fake_systemd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace primum::systemd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class UnitWatcherTest : public testing::SystemdFixture {
protected:
    static std::string line(const EventBody& body) {
        if (const auto* unit = std::get_if<UnitEvent>(&body)) {
            return unit->unit + " " + unit->active_state + " " + unit->result;
        }
        const auto& job = std::get<JobEvent>(body);
        return job.unit + " job " + std::to_string(job.id) + " " +
               (job.removed ? "ended " + job.result : job.type);
    }
    bool watch(const std::vector<std::string>& names) {
        watcher_.watch(names);
        return until([&] { return watcher_.complete(); });
    }
    std::vector<std::string> told() { return std::exchange(told_, {}); }

    std::vector<std::string> told_;
    EventBody last_;
    UnitWatcher watcher_{bus_,
                         [this](EventBody body) {
                             told_.push_back(line(body));
                             last_ = std::move(body);
                         },
                         {.names_per_call = 3, .calls_in_flight = 4}};
};

TEST_F(UnitWatcherTest, TellsTheFirstStateWithItsDetails) {
    systemd_->units["a.service"] = {.restart = "always"};
    ASSERT_TRUE(watch({"a.service"}));
    EXPECT_THAT(told(), ElementsAre("a.service active success"));
    const auto& unit = std::get<UnitEvent>(last_);
    EXPECT_EQ(unit.invocation_id, "aa");
    EXPECT_EQ(unit.restart, "always");
    EXPECT_EQ(unit.restart_delay, Duration{100'000});
    EXPECT_EQ(unit.restarts, 2U);
    EXPECT_EQ(unit.start_limit_burst, 5U);
    EXPECT_EQ(unit.start_limit_interval, Duration{10'000'000});
    EXPECT_EQ(unit.load_state, "loaded");
}

TEST_F(UnitWatcherTest, ManyUnitsAreAskedForInLots) {
    std::vector<std::string> names;
    for (int i = 0; i < 50; ++i) {
        names.push_back("u" + std::to_string(i) + ".service");
        systemd_->units[names.back()] = {};
    }
    ASSERT_TRUE(watch(names));
    EXPECT_EQ(told().size(), 50U);
    EXPECT_EQ(systemd_->calls["ListUnitsByNames"], 17);
}

TEST_F(UnitWatcherTest, OneNameThatSystemdRefusesSpoilsNoOther) {
    systemd_->units["a.service"] = {};
    systemd_->units["b.service"] = {};
    watcher_.watch({"a.service", "b!d.service", "b.service"});
    EXPECT_TRUE(until([&] { return told_.size() == 2; }));
    EXPECT_FALSE(watcher_.complete());
}

TEST_F(UnitWatcherTest, TellsChangesAndAsksNothingForThem) {
    systemd_->units["a.service"] = {};
    ASSERT_TRUE(watch({"a.service"}));
    told_.clear();
    systemd_->calls.clear();
    systemd_->change("a.service", "failed", "failed", "signal");
    EXPECT_TRUE(until([&] { return !told_.empty(); }));
    EXPECT_THAT(told(), ElementsAre("a.service failed signal"));
    EXPECT_THAT(systemd_->calls, IsEmpty());
}

TEST_F(UnitWatcherTest, NamesAJobBeforeTheStateItLedTo) {
    systemd_->units["a.service"] = {};
    ASSERT_TRUE(watch({"a.service"}));
    told_.clear();
    systemd_->job_new(7, "a.service", "stop");
    systemd_->change("a.service", "inactive", "dead");
    ASSERT_TRUE(until([&] { return told_.size() == 2; }));
    systemd_->job_removed(7, "a.service", "done");
    ASSERT_TRUE(until([&] { return told_.size() == 3; }));
    EXPECT_THAT(
        told(),
        ElementsAre(
            "a.service job 7 stop", "a.service inactive success", "a.service job 7 ended done"));
}

TEST_F(UnitWatcherTest, AJobThatIsGoneWhenAskedForHasNoType) {
    systemd_->units["a.service"] = {};
    ASSERT_TRUE(watch({"a.service"}));
    told_.clear();
    systemd_->job_new(7, "a.service", "stop");
    systemd_->job_removed(7, "a.service", "done");
    ASSERT_TRUE(until([&] { return told_.size() == 2; }));
    EXPECT_THAT(told(), ElementsAre("a.service job 7 ", "a.service job 7 ended done"));
}

// Anybody on the bus may send us a signal that looks like one of systemd's.
TEST_F(UnitWatcherTest, BelievesNobodyButSystemd) {
    systemd_->units["a.service"] = {};
    ASSERT_TRUE(watch({"a.service"}));
    told_.clear();
    const auto stranger = primum::bus::testing::open_bus();
    testing::FakeSystemd::signal_job(stranger.get(), "JobRemoved", 7, "a.service", "done");
    sd_bus_message* message = nullptr;
    ASSERT_GE(sd_bus_message_new_signal(stranger.get(),
                                        &message,
                                        "/org/freedesktop/systemd1",
                                        "org.freedesktop.systemd1.Manager",
                                        "JobRemoved"),
              0);
    ASSERT_GE(sd_bus_message_append(message, "uoss", 8U, "/x", "a.service", "done"), 0);
    const auto to = bus_.connection()->getUniqueName();
    ASSERT_GE(sd_bus_send_to(stranger.get(), message, to.c_str(), nullptr), 0);
    sd_bus_message_unref(message);
    sd_bus_flush(stranger.get());
    turn_a_while();
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(UnitWatcherTest, AfterAReloadOfSystemdOnlyWhatChangedIsTold) {
    systemd_->units["a.service"] = {};
    systemd_->units["b.service"] = {};
    ASSERT_TRUE(watch({"a.service", "b.service"}));
    told_.clear();
    systemd_->units["b.service"].restart = "always";
    systemd_->reloading_ended();
    ASSERT_TRUE(until([&] { return !told_.empty(); }));
    turn_a_while();
    EXPECT_THAT(told(), ElementsAre("b.service active success"));
    EXPECT_EQ(std::get<UnitEvent>(last_).restart, "always");
}

TEST_F(UnitWatcherTest, WhatASystemdThatComesAgainSaysIsTold) {
    systemd_->units["a.service"] = {};
    ASSERT_TRUE(watch({"a.service"}));
    told_.clear();
    systemd_.reset();
    systemd_ = std::make_unique<testing::FakeSystemd>();
    systemd_->units["a.service"] = {.active_state = "failed", .sub_state = "failed"};
    ASSERT_TRUE(until([&] { return !told_.empty(); }));
    EXPECT_THAT(told(), ElementsAre("a.service failed success"));
}

}  // namespace
}  // namespace primum::systemd
