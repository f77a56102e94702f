// SPDX-License-Identifier: MIT
#pragma once

#include "bus/service.hpp"
#include "fake_backend.hpp"
#include "private_bus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sdbus-c++/sdbus-c++.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::bus::testing {

inline constexpr std::uint64_t minute_us = 60'000'000;

// Every call that changes something, with good arguments.
inline std::vector<std::pair<std::string, std::vector<Argument>>> all_writes() {
    return {{"Hold", {"gateway", minute_us, "deploy"}},
            {"Release", {"gateway", "deploy is over"}},
            {"Disable", {"", minute_us, "storm"}},
            {"Enable", {"", "storm is over"}},
            {"Acknowledge", {std::uint64_t{7}, "seen"}},
            {"Rollback", {"l-7", "it was wrong"}},
            {"ResetBreaker", {"gateway", "mended"}},
            {"MarkProvider", {"upstream", "west", "dead", minute_us, "it loses writes"}},
            {"NoteProvider", {"upstream", "west", "in another town"}},
            {"Force", {"gateway", "restart", "it cannot wait"}},
            {"Label", {"l-7", "unjustified", "the disk was full"}},
            {"Promote", {"gateway", "restart", "refused", "illness FAIL", "a first try"}},
            {"Demote", {"gateway", "retry", "all of it", "it did harm"}},
            {"Reload", {"new rules"}}};
}

// The real service on a private bus, a caller, and nobody else.
class ServiceFixture : public ::testing::Test {
protected:
    void SetUp() override {
        if (!private_bus.running()) {
            GTEST_SKIP() << "dbus-daemon is not installed";
        }
        connection = sdbus::createSystemBusConnection();
        caller = std::make_unique<Caller>();
    }

    void TearDown() override {
        service.reset();
        connection.reset();
    }

    void start(ServiceOptions options = {}) {
        auto started = Service::start(*connection, backend, options);
        ASSERT_TRUE(started.has_value()) << started.error().message;
        service = std::move(*started);
    }

    // The caller is root for the service.
    static ServiceOptions as_root() {
        ServiceOptions options;
        options.root_uid = geteuid();
        return options;
    }
    // The caller is a mere user.
    static ServiceOptions as_user() {
        ServiceOptions options;
        options.root_uid = geteuid() + 1;
        options.authority_timeout = std::chrono::milliseconds{100};
        options.interactive_timeout = std::chrono::milliseconds{200};
        return options;
    }

    // Lets everybody work until `done`; false when nothing came of it in about 5 s.
    bool pump(const std::function<bool()>& done) {
        for (int idle = 0; idle < 250 && !done();) {
            bool worked = false;
            if (connection != nullptr) {
                worked = connection->processPendingRequest();
            }
            for (sd_bus* bus : others()) {
                worked = sd_bus_process(bus, nullptr) > 0 || worked;
            }
            if (!worked) {
                ++idle;
                wait();
            }
        }
        return done();
    }

    Answer call(const std::string& method,
                const std::vector<Argument>& arguments,
                bool interactive = false) {
        const auto answer = caller->send(method, arguments, interactive);
        EXPECT_TRUE(pump([&] { return answer->arrived; })) << method << " is not answered";
        return *answer;
    }

    PrivateBus private_bus;
    FakeBackend backend;
    std::unique_ptr<sdbus::IConnection> connection;
    std::unique_ptr<Service> service;
    std::unique_ptr<Caller> caller;
    std::unique_ptr<FakePolkit> polkit;

private:
    [[nodiscard]] std::vector<sd_bus*> others() const {
        std::vector<sd_bus*> all{caller->bus()};
        if (polkit != nullptr) {
            all.push_back(polkit->bus());
        }
        return all;
    }

    void wait() const {
        std::vector<pollfd> fds;
        for (sd_bus* bus : others()) {
            fds.push_back({sd_bus_get_fd(bus), POLLIN, 0});
        }
        if (connection != nullptr) {
            fds.push_back({connection->getEventLoopPollData().fd, POLLIN, 0});
        }
        constexpr int longest_ms = 20;
        poll(fds.data(), fds.size(), longest_ms);
    }
};

}  // namespace primum::bus::testing
