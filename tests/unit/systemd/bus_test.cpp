// SPDX-License-Identifier: MIT
#include "systemd/bus.hpp"

#include "fake_systemd.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

namespace primum::systemd {
namespace {

CallTarget broker(const char* member) {
    CallTarget target;
    target.destination = "org.freedesktop.DBus";
    target.path = "/org/freedesktop/DBus";
    target.interface = "org.freedesktop.DBus";
    target.member = member;
    return target;
}

// What came of one call.
struct Outcome {
    int replies = 0;
    int errors = 0;
    std::string error;
    [[nodiscard]] int all() const { return replies + errors; }
    Bus::ReplyHandler handler() {
        return [this](sdbus::MethodReply* reply, const sdbus::Error* failed) {
            (reply != nullptr ? replies : errors) += 1;
            error = failed != nullptr ? failed->getName() : "";
        };
    }
};

class BusTest : public testing::SystemdFixture {};

TEST_F(BusTest, ACallIsAnswered) {
    Outcome outcome;
    bus_.call(broker("GetId"), outcome.handler());
    EXPECT_EQ(outcome.all(), 0);
    ASSERT_TRUE(until([&] { return outcome.all() > 0; }));
    EXPECT_EQ(outcome.replies, 1);
}

TEST_F(BusTest, ArgumentsArriveAndAnErrorComesBack) {
    Outcome outcome;
    bus_.call(broker("GetNameOwner"), outcome.handler(), std::string("org.nobody"));
    ASSERT_TRUE(until([&] { return outcome.all() > 0; }));
    EXPECT_EQ(outcome.error, "org.freedesktop.DBus.Error.NameHasNoOwner");
}

TEST_F(BusTest, WhatAHandlerThrowsIsCaughtAndToldToIt) {
    int calls = 0;
    std::string told;
    bus_.call(broker("GetId"), [&](sdbus::MethodReply* reply, const sdbus::Error* error) {
        ++calls;
        if (reply != nullptr) {
            throw std::runtime_error("unreadable");
        }
        told = error->getMessage();
    });
    ASSERT_TRUE(until([&] { return calls == 2; }));
    EXPECT_EQ(told, "unreadable");
}

TEST_F(BusTest, ACallThatCannotBeMadeFailsLater) {
    auto target = broker("GetId");
    target.path = "no path";
    Outcome outcome;
    bus_.call(target, outcome.handler());
    EXPECT_EQ(outcome.all(), 0);
    ASSERT_TRUE(until([&] { return outcome.all() > 0; }));
    EXPECT_EQ(outcome.errors, 1);
}

TEST_F(BusTest, AListenerIsToldAtOnceWhenThereIsAConnection) {
    int ups = 0;
    auto listening = bus_.listen({[&](sdbus::IConnection&) { ++ups; }, {}});
    EXPECT_EQ(ups, 1);
    listening.reset();
}

TEST(BusAloneTest, WithoutABusItTriesAgainUntilThereIsOne) {
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
    EventLoop loop;
    const ManualClock clock;
    Bus bus(loop, clock);
    int ups = 0;
    int downs = 0;
    const auto listening =
        bus.listen({[&](sdbus::IConnection&) { ++ups; }, [&](const std::string&) { ++downs; }});
    bus.start();
    EXPECT_EQ(downs, 1);
    EXPECT_EQ(bus.connection(), nullptr);
    Outcome outcome;
    bus.call(broker("GetId"), outcome.handler());
    const auto turn_until = [&](const std::function<bool()>& done) {
        for (int turn = 0; turn < 2'000 && !done(); ++turn) {
            loop.run_once(std::chrono::milliseconds{1});
        }
        return done();
    };
    ASSERT_TRUE(turn_until([&] { return outcome.all() > 0; }));
    EXPECT_EQ(outcome.error, "org.primum.Error.Disconnected");
    auto private_bus = std::make_unique<primum::bus::testing::PrivateBus>();
    if (!private_bus->running()) {
        GTEST_SKIP() << "dbus-daemon is not installed";
    }
    ASSERT_TRUE(turn_until([&] { return ups == 1; }));
    EXPECT_NE(bus.connection(), nullptr);

    // And when it goes away, what is under way fails, once.
    const int before = downs;
    Outcome lost;
    auto waiting = broker("StartServiceByName");
    waiting.destination = bus.connection()->getUniqueName();  // nobody answers there
    waiting.path = "/";
    bus.call(waiting, lost.handler());
    private_bus.reset();
    ASSERT_TRUE(turn_until([&] { return downs > before; }));
    EXPECT_EQ(lost.all(), 1);
    EXPECT_EQ(lost.errors, 1);
}

}  // namespace
}  // namespace primum::systemd
