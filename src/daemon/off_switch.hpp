// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <functional>
#include <string>
#include <vector>

namespace primum::daemon {

// Where the off switch files lie. Each is a file named `disabled` in one of these.
struct OffSwitchPlaces {
    std::vector<std::string> directories{"/run/primum", "/etc/primum"};
};

struct OffSwitchState {
    bool disabled = false;
    std::string detail;  // which file, or why it cannot be ruled out; empty when enabled
    bool operator==(const OffSwitchState&) const = default;
};

// Looks at the files now. Enabled only if each is certainly absent (ENOENT): whatever else the
// system answers counts as disabled.
[[nodiscard]] OffSwitchState read_off_switch(const OffSwitchPlaces& places);

// Tells whenever something changed in the directories, which need not exist yet. May tell without
// a change in the files: read them then.
class OffSwitchWatch {
public:
    OffSwitchWatch(systemd::EventLoop& loop, OffSwitchPlaces places, std::function<void()> changed);
    ~OffSwitchWatch();
    OffSwitchWatch(const OffSwitchWatch&) = delete;
    OffSwitchWatch& operator=(const OffSwitchWatch&) = delete;

    // False: inotify is not to be had; the files are then only read before each action.
    [[nodiscard]] bool watching() const { return fd_ >= 0; }

private:
    void watch_all();
    void ready();

    OffSwitchPlaces places_;
    std::function<void()> changed_;
    int fd_ = -1;
    systemd::LoopSource source_;
};

}  // namespace primum::daemon
