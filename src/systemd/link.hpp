// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/bus.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::systemd {

// A subscription to systemd's signals, kept over the loss of the bus and a re-execution of systemd.
// Only what systemd itself sent is passed on: anybody may send a signal to us that looks alike.
class SystemdLink {
public:
    struct Hooks {
        // Match rules beyond type and sender: "interface='…',member='…'".
        std::vector<std::string> matches;
        std::function<void(sdbus::Message&)> signal;
        // Signals flow from now on; what was before must be asked for.
        std::function<void()> ready;
        std::function<void()> gone;
    };

    SystemdLink(Bus& bus, Hooks hooks);
    ~SystemdLink();
    SystemdLink(const SystemdLink&) = delete;
    SystemdLink& operator=(const SystemdLink&) = delete;

    // For an owner that is complete: may call hooks at once.
    void start();
    [[nodiscard]] bool ready() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace primum::systemd
