// SPDX-License-Identifier: MIT
#pragma once

#include "source/source.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace primum::systemd {
class Bus;
class Manager;
}  // namespace primum::systemd

namespace primum::source {

class AlertDesk;
class HttpClient;
class PushServer;
class Workers;

// What a plugin run by the actuator came to.
struct ProbeEnd {
    enum class How : std::uint8_t { ended, timeout, not_run };
    How how = How::not_run;
    int exit_code = -1;
    std::string output;  // bounded
    bool cut = false;    // there was more
    std::string detail;  // for people
};

// Asks the actuator to run the plugin of a source; `done` once, later.
using RunProbe = std::function<void(const std::string& source,
                                    const std::function<void(const ProbeEnd&)>& done)>;

// What the kinds collect with. All outlive the sources.
struct Tools {
    systemd::EventLoop& loop;
    const Clock& clock;
    HttpClient& http;
    Emit emit;
    systemd::Bus* bus = nullptr;  // the system bus
    RunProbe run_probe;           // empty: there is no actuator
    PushServer* push = nullptr;   // none: there is no push socket
    Workers* workers = nullptr;   // for what may hang in the kernel
    AlertDesk* alerts = nullptr;  // none: nothing listens for webhooks
    systemd::Manager* manager = nullptr;
};

}  // namespace primum::source
