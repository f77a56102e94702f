// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/check.hpp>
#include <primum/clock.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <unistd.h>

namespace primum::http {

// The time of the loop's current turn.
class LoopClock final : public Clock {
public:
    explicit LoopClock(systemd::EventLoop& loop) : loop_(loop) {}

    [[nodiscard]] Stamp now() const override {
        std::uint64_t us = 0;
        PRIMUM_CHECK(sd_event_now(loop_.raw(), CLOCK_MONOTONIC, &us) >= 0);
        return {instant_from_us(static_cast<std::int64_t>(us)), wall_from_us(0)};
    }

private:
    systemd::EventLoop& loop_;
};

// A client's connection as bytes, driven by the loop of the test.
class Client {
public:
    explicit Client(std::uint16_t port) {
        fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        PRIMUM_CHECK(fd_ >= 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        PRIMUM_CHECK(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { close(fd_); }

    void say(std::string_view bytes) const {
        static_cast<void>(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    }

    // Turns the loop until the server has closed the connection, or `turns` are over; gives what
    // came until then.
    std::string hear_all(systemd::EventLoop& loop, int turns = 2'000) {
        std::string heard;
        for (int i = 0; i < turns && !closed_; ++i) {
            loop.run_once(std::chrono::milliseconds{i < 50 ? 0 : 20});
            hear(heard);
        }
        return heard;
    }
    // As long as `wanted` has not come.
    bool hear_until(systemd::EventLoop& loop, std::string_view wanted, int turns = 2'000) {
        std::string heard;
        for (int i = 0; i < turns && !closed_; ++i) {
            if (heard.find(wanted) != std::string::npos) {
                return true;
            }
            loop.run_once(std::chrono::milliseconds{i < 50 ? 0 : 20});
            hear(heard);
        }
        return heard.find(wanted) != std::string::npos;
    }
    [[nodiscard]] bool closed() const { return closed_; }

private:
    void hear(std::string& heard) {
        char buffer[4096];
        for (;;) {
            const auto got = recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
            if (got <= 0) {
                closed_ = got == 0 || errno == ECONNRESET;
                return;
            }
            heard.append(buffer, static_cast<std::size_t>(got));
        }
    }

    int fd_ = -1;
    bool closed_ = false;
};

// One whole exchange on a connection of its own.
inline std::string ask(systemd::EventLoop& loop,
                       std::uint16_t port,
                       const std::string& method,
                       const std::string& path) {
    Client client{port};
    client.say(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return client.hear_all(loop);
}

}  // namespace primum::http
