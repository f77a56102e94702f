// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/time.hpp>

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

// The one file (with bus.cpp) that knows how sdbus-c++ is driven.
namespace primum::systemd {

struct BusOptions {
    Duration first_retry{std::chrono::milliseconds{200}};  // doubles up to max_retry
    Duration max_retry{std::chrono::seconds{10}};
    // What is taken before other sources get their turn: so many messages, or those of so long.
    std::uint32_t messages_per_turn = 256;
    Duration longest_turn{std::chrono::milliseconds{10}};
};

// Whom to call, and how long to wait for the answer.
struct CallTarget {
    std::string destination;
    std::string path;
    std::string interface;
    std::string member;
    Duration timeout{std::chrono::seconds{10}};
};

// The system bus on the EventLoop: one connection, taken up again with a capped back-off when it
// is lost. Only asynchronous calls are made. One thread.
class Bus {
public:
    // Told when a connection is there and when it is gone. `up` is the place to add matches,
    // objects and names; whatever was made with the connection must be let go of in `down`.
    struct Listener {
        std::function<void(sdbus::IConnection&)> up;
        std::function<void(const std::string& why)> down;
    };
    // Gets the reply, or a null reply and the error (also on time-out and loss of the connection:
    // exactly one of both, always). What it throws while reading the reply is caught; it is then
    // called once more with that error.
    using ReplyHandler = std::function<void(sdbus::MethodReply*, const sdbus::Error*)>;

    Bus(EventLoop& loop, const Clock& clock, BusOptions options = {});
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    // Connects now; failure is told to the listeners' `down` and tried again later. Blocks only
    // for the bus's own greeting.
    void start();
    // Tells `listener` of every change until the returned handle is let go of; calls `up` at once
    // when already connected.
    [[nodiscard]] std::shared_ptr<void> listen(Listener listener);
    // nullptr while there is none.
    [[nodiscard]] sdbus::IConnection* connection() const { return connection_.get(); }

    // Calls with the given arguments. `reply` is never called from inside call().
    template <class... Arguments>
    void call(const CallTarget& target, ReplyHandler reply, const Arguments&... arguments) {
        send(
            target,
            [&](sdbus::MethodCall& message) { static_cast<void>((message << ... << arguments)); },
            std::move(reply));
    }

    // The same, with arguments of types that are known at run time only.
    void call_with(const CallTarget& target,
                   const std::function<void(sdbus::MethodCall&)>& fill,
                   ReplyHandler reply) {
        send(target, fill, std::move(reply));
    }

    // Wraps a signal or message handler so that nothing but sdbus::Error can leave it.
    [[nodiscard]] static std::function<void(sdbus::Message&)> guarded(
        std::function<void(sdbus::Message&)> handler);

private:
    struct Pending {
        std::unique_ptr<sdbus::IProxy> proxy;
        ReplyHandler reply;
    };

    void send(const CallTarget& target,
              const std::function<void(sdbus::MethodCall&)>& fill,
              ReplyHandler reply);
    void answer(std::uint64_t id, sdbus::MethodReply* reply, const sdbus::Error* error);
    void fail_later(std::uint64_t id, const sdbus::Error& error);
    void connect();
    void pump();
    void arm();
    void lost(const std::string& why);

    EventLoop& loop_;
    const Clock& clock_;
    BusOptions options_;
    Duration retry_;
    std::list<std::weak_ptr<Listener>> listeners_;
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unordered_map<std::uint64_t, Pending> pending_;
    std::vector<std::unique_ptr<sdbus::IProxy>> answered_;  // let go of outside their callbacks
    std::vector<std::pair<std::uint64_t, sdbus::Error>> failed_;
    std::uint64_t next_call_ = 1;
    LoopSource prepare_;
    LoopSource io_;
    LoopSource timer_;
    LoopSource reconnect_;
    LoopSource failures_;
    int armed_fd_ = -1;
    std::uint32_t armed_events_ = 0;
    std::uint64_t armed_timeout_us_ = UINT64_MAX;
};

}  // namespace primum::systemd
