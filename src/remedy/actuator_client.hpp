// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/effect.hpp>
#include <primum/event.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace primum::remedy {

struct ActuatorClientOptions {
    std::string socket_path = "/run/primum/actuator.sock";
    Duration first_retry{std::chrono::milliseconds{100}};  // of connecting; doubles
    Duration max_retry{std::chrono::seconds{5}};
    Duration answer_within{std::chrono::seconds{5}};  // a preflight, a settle, a rollback's start
    std::uint32_t max_pending = 64;                   // requests without a last answer
};

// Speaks to the actuator for primumd, on the loop. Answers come as PreflightEvent and ActionEvent
// bodies through the callback, never from inside a request.
//
// - A preflight that cannot be asked or is not answered in time gives `not_now`/`unreachable`.
// - An execute is sent once. Not sent by its not_after: finished(failed, unreachable), and it
//   never will be. Sent, and the connection lost before the end: the action is settled on the next
//   connection, and that answer is given (`settled`; where it runs, `finished` follows).
// - A settle is sent again on each new connection until it is answered.
class ActuatorClient {
public:
    using Emit = std::function<void(EventBody)>;

    ActuatorClient(systemd::EventLoop& loop,
                   const Clock& clock,
                   Emit emit,
                   ActuatorClientOptions options = {});
    ~ActuatorClient();
    ActuatorClient(const ActuatorClient&) = delete;
    ActuatorClient& operator=(const ActuatorClient&) = delete;

    // Connects, and stays connected from now on.
    void start();
    void ask(const AskPreflight& effect);
    void run(const RunAction& effect);
    void settle(const SettleAction& effect);
    void roll_back(const RollBack& effect);
    // Runs the plugin of a source. `done` once, never from inside: with the actuator's answer, or
    // with the refusal `unreachable`. One at a time for each source.
    void probe(const std::string& source, std::function<void(const ProbeReply&)> done);
    // Runs the program for pages. `done` likewise; a page that is sent while another is out forgets
    // that one.
    void notify(std::string notice, std::function<void(const NotifyReply&)> done);
    // Answered by a ProviderEvent; asked again on each new connection until it is.
    void ask_pointer(const AskPointer& effect);

    [[nodiscard]] bool connected() const;
    // Why not, for people; empty when connected.
    [[nodiscard]] std::string trouble() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace primum::remedy
