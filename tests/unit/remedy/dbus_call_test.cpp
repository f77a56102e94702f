// SPDX-License-Identifier: MIT
#include "remedy/dbus_call.hpp"

#include "remedy_fixture.hpp"

#include <gtest/gtest.h>

namespace primum::remedy {
namespace {

class DbusCallTest : public testing::RemedyFixture {
protected:
    // The only other name on this bus answers "Get".
    Order call(std::vector<DbusArgument> arguments, std::string signature) const {
        DbusPlan plan;
        plan.call = {"org.example.Thing", "/thing", "org.example.Thing1", "Reset", "", {}};
        plan.call.arguments = std::move(arguments);
        plan.call.signature = std::move(signature);
        return order(RemedyKind::dbus_call, plan);
    }
};

TEST_F(DbusCallTest, NobodyThereIsAFailureWithItsName) {
    EXPECT_EQ(prepare(call({std::string("x"), std::int64_t{7}, true, 0.5}, "sqbd")).refusal,
              Refusal::none);
    const auto report = run();
    EXPECT_EQ(report.result, ActionResult::failed);
    EXPECT_NE(report.detail.find("org.freedesktop.DBus.Error.ServiceUnknown"), std::string::npos)
        << report.detail;
}

TEST_F(DbusCallTest, ProtectedNamesAreRefusedAgain) {
    for (const char* name : {"org.freedesktop.systemd1", "org.freedesktop.DBus", ":1.5"}) {
        auto with = call({}, "");
        std::get<DbusPlan>(with.rule.plan).call.destination = name;
        EXPECT_EQ(prepare(with).refusal, Refusal::not_applicable) << name;
    }
}

TEST_F(DbusCallTest, WhatDoesNotFitItsTypeIsRefused) {
    EXPECT_EQ(prepare(call({std::int64_t{256}}, "y")).refusal, Refusal::bad_request);
    EXPECT_EQ(prepare(call({std::int64_t{-1}}, "u")).refusal, Refusal::bad_request);
    EXPECT_EQ(prepare(call({std::string("x")}, "x")).refusal, Refusal::bad_request);
    EXPECT_EQ(prepare(call({}, "s")).refusal, Refusal::bad_request);
    EXPECT_EQ(prepare(call({std::int64_t{255}}, "y")).refusal, Refusal::none);
}

TEST_F(DbusCallTest, AnotherRunOfTheUnitIsLeftAlone) {
    EXPECT_EQ(prepare(call({}, "")).refusal, Refusal::none);
    systemd_->units["a.service"].invocation = 0xcc;
    EXPECT_EQ(run().refusal, Refusal::foreign_job);
}

}  // namespace
}  // namespace primum::remedy
