// SPDX-License-Identifier: MIT
#pragma once

#include "actuator/peer.hpp"
#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace primum::actuator {

// Names a connection for as long as it lives; never used again.
using ConnectionId = std::uint64_t;

struct ServerHooks {
    std::function<void(ConnectionId, const remedy::Request&)> request;
    // Something worth a line in the log: who was refused and why.
    std::function<void(const std::string&)> complain;
};

struct ServerOptions {
    PeerPolicy peers;
    std::uint32_t max_root_connections = 4;
    std::size_t max_unsent_bytes = 256 * std::size_t{1024};
};

// The listening socket and its connections: one of primumd, a few of root. A peer that may not ask,
// or that sends what is no request, is told why and closed.
class Server {
public:
    // Takes over `listening_fd`, a listening Unix stream socket.
    Server(systemd::EventLoop& loop, int listening_fd, ServerHooks hooks, ServerOptions options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Sends what it can at once. No effect on a connection that is gone.
    void reply(ConnectionId connection, const remedy::Reply& reply);
    // Takes nothing more in; connections that are open close.
    void stop();

private:
    struct Connection;

    void accept();
    void admit(int fd);
    void serve(ConnectionId id, std::uint32_t bits);
    bool receive(Connection& connection);
    bool take_frames(Connection& connection);
    bool flush(Connection& connection);
    void refuse(Connection& connection, Refusal code, const std::string& why);
    void listen(Connection& connection);
    [[nodiscard]] std::uint32_t count(Peer peer) const;

    systemd::EventLoop& loop_;
    int listening_fd_;
    ServerHooks hooks_;
    ServerOptions options_;
    std::map<ConnectionId, std::shared_ptr<Connection>> connections_;
    ConnectionId next_ = 1;
    systemd::LoopSource accepting_;
};

}  // namespace primum::actuator
