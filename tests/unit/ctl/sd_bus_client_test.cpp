// SPDX-License-Identifier: MIT
#include "ctl/sd_bus_client.hpp"

#include "bus/service.hpp"
#include "fake_backend.hpp"
#include "private_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sdbus-c++/sdbus-c++.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

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

TEST_F(SdBusClientTest, HearsWhatChangesAndWhoLeaves) {
    start_service();
    ASSERT_TRUE(client.listen().has_value());
    service->target_changed("gateway");
    const auto first = client.next_signal(std::chrono::seconds{30});
    ASSERT_TRUE(first.has_value() && first->has_value());
    EXPECT_EQ((*first)->name, "TargetChanged");
    EXPECT_EQ((*first)->arguments, std::vector<std::string>{"gateway"});
    const auto nothing = client.next_signal(Duration{0});
    ASSERT_TRUE(nothing.has_value());
    EXPECT_FALSE(nothing->has_value());
    connection->leaveEventLoop();
    service.reset();
    connection.reset();
    const auto last = client.next_signal(std::chrono::seconds{30});
    ASSERT_TRUE(last.has_value() && last->has_value());
    EXPECT_EQ((*last)->name, "Gone");
}

TEST_F(SdBusClientTest, TakesTheFileOfABackup) {
    start_service();
    const auto refused = client.call_for_file({"BackupLedger", {}});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().name, "org.primum.Error.LedgerUnavailable");
    backend.backup_file = memfd_create("backup", MFD_CLOEXEC);
    ASSERT_EQ(write(backend.backup_file, "ledger", 6), 6);
    const auto file = client.call_for_file({"BackupLedger", {}});
    ASSERT_TRUE(file.has_value()) << file.error().message;
    std::array<char, 8> bytes{};
    EXPECT_EQ(pread(*file, bytes.data(), bytes.size(), 0), 6);
    EXPECT_EQ(std::string{bytes.data()}, "ledger");
    close(*file);
    close(backend.backup_file);
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
