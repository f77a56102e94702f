// SPDX-License-Identifier: MIT
#include "daemon/announcer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace primum::daemon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AnnouncerTest : public testing::Test {
protected:
    Announcer::Ports ports() {
        return {.level =
                    [this](const LevelChanged& change) {
                        told_.push_back(change.target + " " + std::string{name_of(change.to)});
                    },
                .incident =
                    [this](const IncidentRecord& incident) {
                        told_.push_back("incident " + incident.reason);
                    },
                .target = [this](const std::string& target) { told_.push_back("of " + target); },
                .host = [this] { told_.emplace_back("host"); }};
    }

    systemd::EventLoop loop_;
    ManualClock clock_;  // stands at boot: every delay of the real loop is over
    std::vector<std::string> told_;
    Announcer announcer_{loop_, clock_, ports()};
};

TEST_F(AnnouncerTest, TellsNothingBeforeTheLoopTurns) {
    announcer_.level({.target = "a", .to = Level::retry});
    EXPECT_THAT(told_, IsEmpty());
    loop_.run_once(std::chrono::seconds{1});
    EXPECT_THAT(told_, ElementsAre("a retry", "of a", "host"));
}

TEST_F(AnnouncerTest, TellsEveryLevelButOnlyTheLatestOfAnIncident) {
    announcer_.incident({.id = 1, .target = "a", .reason = "first"});
    announcer_.level({.target = "a", .to = Level::retry});
    announcer_.level({.target = "a", .to = Level::failover});
    announcer_.incident({.id = 1, .target = "a", .reason = "second"});
    announcer_.incident({.id = 2, .target = "b", .reason = "other"});
    announcer_.target("a");
    announcer_.flush();
    EXPECT_THAT(
        told_,
        ElementsAre(
            "a retry", "a failover", "incident second", "incident other", "of a", "of b", "host"));
}

TEST_F(AnnouncerTest, WhatWasToldIsNotToldAgain) {
    announcer_.target("a");
    announcer_.flush();
    told_.clear();
    loop_.run_once(Duration{0});
    EXPECT_THAT(told_, IsEmpty());
    announcer_.host();
    loop_.run_once(std::chrono::seconds{1});
    EXPECT_THAT(told_, ElementsAre("host"));
}

TEST_F(AnnouncerTest, AFloodOfLevelsIsBounded) {
    for (std::size_t i = 0; i < Announcer::most_levels; ++i) {
        announcer_.level({.target = "a", .to = Level::retry});
    }
    EXPECT_EQ(told_.size(), Announcer::most_levels + 2);
}

}  // namespace
}  // namespace primum::daemon
