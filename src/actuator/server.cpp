// SPDX-License-Identifier: MIT
#include "actuator/server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

constexpr std::size_t read_bytes = 16'384;
constexpr int reads_per_turn = 8;
constexpr int accepts_per_turn = 16;

}  // namespace

struct Server::Connection {
    Connection(ConnectionId number, int socket, Peer who) : id(number), fd(socket), peer(who) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        io.reset();
        ::close(fd);
    }

    ConnectionId id;
    int fd;
    Peer peer;
    remedy::FrameReader frames;
    std::string out;
    bool closing = false;  // to be closed once `out` is sent
    std::uint32_t events = 0;
    systemd::LoopSource io;
};

Server::Server(systemd::EventLoop& loop, int listening_fd, ServerHooks hooks, ServerOptions options)
    : loop_(loop),
      listening_fd_(listening_fd),
      hooks_(std::move(hooks)),
      options_(std::move(options)),
      accepting_(loop.on_io(listening_fd, EPOLLIN, [this](std::uint32_t) { accept(); })) {}

Server::~Server() {
    stop();
}

void Server::stop() {
    accepting_.reset();
    connections_.clear();
    if (listening_fd_ >= 0) {
        ::close(std::exchange(listening_fd_, -1));
    }
}

std::uint32_t Server::count(Peer peer) const {
    return static_cast<std::uint32_t>(
        std::count_if(connections_.begin(), connections_.end(), [peer](const auto& entry) {
            return entry.second->peer == peer && !entry.second->closing;
        }));
}

void Server::accept() {
    for (int turn = 0; turn < accepts_per_turn && listening_fd_ >= 0; ++turn) {
        const int fd = ::accept4(listening_fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED) {
                continue;
            }
            if (errno != EAGAIN) {
                hooks_.complain("a connection cannot be taken, ignoring");
            }
            return;
        }
        admit(fd);
    }
}

void Server::admit(int fd) {
    const auto peer = check_peer(fd, options_.peers);
    auto connection =
        std::make_shared<Connection>(next_++, fd, peer.has_value() ? *peer : Peer::root);
    if (!peer.has_value()) {
        refuse(*connection, Refusal::not_permitted, peer.error().message);
        return;
    }
    if (*peer == Peer::primumd) {
        // A primumd that went away may not have been noticed yet.
        std::vector<ConnectionId> before;
        for (const auto& [id, other] : connections_) {
            if (other->peer == Peer::primumd) {
                before.push_back(id);
            }
        }
        for (const auto id : before) {
            serve(id, EPOLLIN);
        }
    }
    const std::uint32_t most = *peer == Peer::primumd ? 1 : options_.max_root_connections;
    if (count(*peer) >= most) {
        refuse(*connection,
               Refusal::not_permitted,
               *peer == Peer::primumd ? "another primumd is connected"
                                      : "too many connections of root");
        return;
    }
    connections_.emplace(connection->id, connection);
    listen(*connection);
}

// Tells a peer why and lets go of it; for one that was not taken in.
void Server::refuse(Connection& connection, Refusal code, const std::string& why) {
    hooks_.complain(why);
    connection.out += remedy::encode(remedy::Reply{remedy::ErrorReply{code, why}});
    connection.closing = true;
    static_cast<void>(flush(connection));
}

void Server::listen(Connection& connection) {
    const std::uint32_t events = (connection.closing ? 0U : std::uint32_t{EPOLLIN}) |
                                 (connection.out.empty() ? 0U : std::uint32_t{EPOLLOUT});
    if (events != connection.events || !connection.io.armed()) {
        connection.events = events;
        connection.io.reset();  // a descriptor is registered once at a time
        connection.io =
            loop_.on_io(connection.fd, events, [this, id = connection.id](std::uint32_t bits) {
                serve(id, bits);
            });
    }
}

void Server::serve(ConnectionId id, std::uint32_t bits) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    const auto connection = found->second;  // handlers may stop the server
    const bool reading = (bits & ~std::uint32_t{EPOLLOUT}) != 0 && !connection->closing;
    bool open = (bits & EPOLLOUT) == 0 || flush(*connection);
    open = open && (!reading || receive(*connection));
    open = open && !(connection->closing && (connection->out.empty() || (bits & EPOLLHUP) != 0));
    if (!open) {
        connections_.erase(id);
    } else if (connections_.count(id) > 0) {
        listen(*connection);
    }
}

// False: the connection is to be closed.
bool Server::receive(Connection& connection) {
    std::array<char, read_bytes> buffer{};
    for (int turn = 0; turn < reads_per_turn; ++turn) {
        const auto got = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EAGAIN) {
            return true;
        }
        if (got <= 0) {
            return false;
        }
        connection.frames.feed({buffer.data(), static_cast<std::size_t>(got)});
        if (!take_frames(connection)) {
            return !connection.out.empty();
        }
    }
    return true;
}

// False: what was sent is no request; the peer has been told.
bool Server::take_frames(Connection& connection) {
    for (;;) {
        auto frame = connection.frames.next();
        if (!frame.has_value()) {
            refuse(connection, Refusal::bad_request, frame.error().message);
            return false;
        }
        if (!frame->has_value()) {
            return true;
        }
        const auto request = remedy::decode_request(**frame);
        if (!request.has_value()) {
            refuse(connection, Refusal::bad_request, request.error().message);
            return false;
        }
        hooks_.request(connection.id, *request);
    }
}

// False: the connection is gone.
bool Server::flush(Connection& connection) {
    while (!connection.out.empty()) {
        const auto sent =
            ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN;
        }
        connection.out.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
}

void Server::reply(ConnectionId id, const remedy::Reply& reply) {
    const auto found = connections_.find(id);
    if (found == connections_.end() || found->second->closing) {
        return;
    }
    auto& connection = *found->second;
    connection.out += remedy::encode(reply);
    if (!flush(connection) || connection.out.size() > options_.max_unsent_bytes) {
        // Let go of it from the loop: a handler of this very connection may be calling.
        connection.out.clear();
        connection.closing = true;
        ::shutdown(connection.fd, SHUT_RDWR);
    }
    listen(connection);
}

}  // namespace primum::actuator
