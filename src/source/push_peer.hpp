// SPDX-License-Identifier: MIT
#pragma once

#include "source/push_server.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

// The other ends of the push sockets, and what goes over the wire beside the lines themselves.
namespace primum::source {

struct PushServer::Listener {
    int fd = -1;
    bool stream = false;
    bool paused = false;
    bool ready = false;

    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() {
        if (fd >= 0) {
            ::close(fd);
        }
    }
};

struct PushServer::Connection {
    Connection(int socket, User& owner, const PushServerLimits& limits)
        : fd(socket), user(owner), cutter(limits.line.line_bytes), numbers(limits.numbers_bytes) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { ::close(fd); }

    [[nodiscard]] bool has_work() const { return readable || cutter.may_have_line(); }

    int fd;
    User& user;
    LineCutter cutter;
    PushNumbers numbers;
    bool readable = false;  // until a read says otherwise
    bool ended = false;     // to be let go of
    bool mute = false;      // an answer was sent in part
};

struct PushServer::User {
    User(uid_t id, std::uint32_t rate, Instant now) : uid(id), bucket(rate, now) {}

    [[nodiscard]] bool has_work() const {
        return std::any_of(connections.begin(), connections.end(), [](const auto& connection) {
            return connection->has_work();
        });
    }

    uid_t uid;
    TokenBucket bucket;
    std::vector<std::unique_ptr<Connection>> connections;
    std::size_t next = 0;  // whose turn it is among them
};

// The line that tells a peer why one of its own was refused; line 0 is the connection.
[[nodiscard]] std::string answer_line(std::uint64_t line, const PushError& error);
// Whether it was all sent; a line sent in part would spoil the next one.
[[nodiscard]] bool send_whole(int fd, std::string_view text);
// Who sent a datagram, where the kernel says it; descriptors that came with it are closed.
[[nodiscard]] std::optional<uid_t> sender_of(const msghdr& message);

}  // namespace primum::source
