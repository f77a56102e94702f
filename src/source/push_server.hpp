// SPDX-License-Identifier: MIT
#pragma once

#include "source/push_desk.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace primum::source {

struct PushServerLimits {
    PushLimits line;
    std::uint32_t max_series = 10'000;  // of a source, whatever its rule says
    std::uint32_t connections = 256;    // of all
    std::uint32_t connections_per_uid = 8;
    std::size_t numbers_bytes = 1UL << 20U;        // of the numbered series of a connection
    std::size_t read_bytes = 16UL * 1024;          // at a time
    std::uint32_t steps_per_turn = 64;             // lines (a long one is several) and reads
    std::uint32_t steps_at_a_time = 16;            // of one user, before it is the next one's turn
    Duration pause{std::chrono::milliseconds{5}};  // of a listener that was flooded
};

// The push sockets: a stream socket and a datagram socket, both optional.
//
// Users are told apart by their credentials (SO_PEERCRED, SCM_CREDENTIALS) and served in turn, a
// few lines each, and after a few more the loop goes on with everything else. Each may have as many
// lines a second as the rules allow it in all; a line costs one, and one more for each KiB that is
// read. Who has used that up is not read from until it has some again: what it writes to the stream
// waits in its own socket. A datagram is then refused, for others wait behind it.
//
// On a stream, a refusal is answered by a line {"v":1,"line":N,"refused":"code","detail":"…"}; at
// the end of the stream everything before it has been taken or answered, then the connection is
// closed. Answers that the peer does not read are dropped.
class PushServer {
public:
    PushServer(systemd::EventLoop& loop, const Clock& clock, PushServerLimits limits = {});
    ~PushServer();
    PushServer(const PushServer&) = delete;
    PushServer& operator=(const PushServer&) = delete;

    // Takes over a bound socket; the one of its kind before is closed. The stream socket must be
    // listening.
    void listen_stream(int fd);
    void listen_datagrams(int fd);
    [[nodiscard]] bool listening() const;

    void attach(PushTaker& taker);
    void detach(const PushTaker& taker);

    [[nodiscard]] PushFigures figures();
    [[nodiscard]] const PushServerLimits& limits() const { return limits_; }

private:
    struct Connection;
    struct User;
    struct Listener;

    void adopt(Listener& listener, int fd, bool stream);
    void turn();
    void collect();
    void accept_some(std::uint32_t& steps);
    void accepted(int fd);
    void receive_some(std::uint32_t& steps);
    void received(uid_t uid, std::string_view bytes, std::uint32_t& steps);
    void serve(std::uint32_t& steps);
    [[nodiscard]] bool serve_one(User& user, std::uint32_t& steps);
    [[nodiscard]] std::uint32_t step(Connection& connection);
    [[nodiscard]] bool read_more(Connection& connection);
    void take_line(Connection& connection, const LineCutter::Cut& cut);
    void answer(Connection& connection, std::uint64_t line, const PushError& error);
    void pause(Listener& listener);
    void go_on();
    void again();
    void review_users();
    [[nodiscard]] User* user_of(uid_t uid);
    void watch(int fd, std::uint32_t events, void* who) const;

    systemd::EventLoop& loop_;
    const Clock& clock_;
    PushServerLimits limits_;
    PushDesk desk_;
    std::unique_ptr<Listener> stream_;
    std::unique_ptr<Listener> datagrams_;
    std::map<uid_t, std::unique_ptr<User>> users_;  // those that may push and did
    std::optional<uid_t> served_;                   // the one whose turn was last
    std::string buffer_;
    int epoll_ = -1;
    systemd::LoopSource io_;
    systemd::LoopSource soon_;   // work is left
    systemd::LoopSource later_;  // work is left of those who have to wait
    systemd::LoopSource pause_;
};

}  // namespace primum::source
