// SPDX-License-Identifier: MIT
#include "ctl/sd_bus_client.hpp"

#include "bus/service.hpp"
#include "fake_backend.hpp"
#include "private_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sdbus-c++/sdbus-c++.h>

#include <cstdlib>
#include <memory>

namespace primum::ctl {
namespace {

using ::testing::StartsWith;

// The real client, and where a test starts it the real service, on a private bus.
class SdBusClientTest : public ::testing::Test {
protected:
    void SetUp() override {
        if (!private_bus.running()) {
            GTEST_SKIP() << "dbus-daemon is not installed";
        }
    }

    void start_service() {
        connection = sdbus::createSystemBusConnection();
        bus::ServiceOptions options;
        options.root_uid = geteuid();
        auto started = bus::Service::start(*connection, backend, options);
        ASSERT_TRUE(started.has_value());
        service = std::move(*started);
        connection->enterEventLoopAsync();
    }

    void TearDown() override {
        if (connection != nullptr) {
            connection->leaveEventLoop();
        }
        service.reset();
    }

    bus::testing::PrivateBus private_bus;
    bus::testing::FakeBackend backend;
    std::unique_ptr<sdbus::IConnection> connection;
    std::unique_ptr<bus::Service> service;
    SdBusClient client;
};

TEST_F(SdBusClientTest, ReadsADocument) {
    start_service();
    const auto reply = client.call({"Status", {}});
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    EXPECT_THAT(reply->text, StartsWith(R"({"v":1,"now":)"));
    EXPECT_FALSE(reply->hold.has_value());
    const auto page = client.call({"Actions", {5U, std::uint64_t{9}}});
    ASSERT_TRUE(page.has_value()) << page.error().message;
}

TEST_F(SdBusClientTest, ReadsTheNumberOfAHold) {
    start_service();
    const auto reply = client.call({"Hold", {"gateway", std::uint64_t{60'000'000}, "deploy"}});
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    EXPECT_EQ(reply->hold, 11U);
    EXPECT_EQ(reply->text, "done");
}

TEST_F(SdBusClientTest, PassesErrorsOn) {
    start_service();
    const auto reply = client.call({"Explain", {"gatewax"}});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().kind, CallFailure::Kind::refused);
    EXPECT_EQ(reply.error().name, "org.primum.Error.UnknownTarget");
    EXPECT_THAT(reply.error().message, StartsWith("there is no target"));
}

TEST_F(SdBusClientTest, KnowsThatNobodyIsThere) {
    const auto reply = client.call({"Status", {}});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().kind, CallFailure::Kind::not_running);
}

TEST_F(SdBusClientTest, KnowsThatTheBusIsNotThere) {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all", 1);
    const auto reply = client.call({"Status", {}});
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().kind, CallFailure::Kind::no_bus);
}

TEST_F(SdBusClientTest, WaitsNoLongerThanToldTo) {
    const bus::testing::SdBus silent = bus::testing::open_bus();
    ASSERT_GE(sd_bus_request_name(silent.get(), bus::service_name, 0), 0);
    Request request{"Status", {}};
    request.timeout = std::chrono::milliseconds{50};
    const auto reply = client.call(request);
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().kind, CallFailure::Kind::timeout);
}

}  // namespace
}  // namespace primum::ctl
