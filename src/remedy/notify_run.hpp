// SPDX-License-Identifier: MIT
#pragma once

#include "remedy/execution.hpp"
#include "remedy/wire.hpp"
#include "systemd/event_loop.hpp"
#include "systemd/transient.hpp"

#include <primum/time.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::remedy {

inline constexpr std::string_view notify_unit = "primum-notify.service";
// What the program for pages may have; enough for a shell, curl and a mail client.
inline constexpr std::uint64_t notify_memory_bytes = std::uint64_t{128} * 1024 * 1024;
inline constexpr std::uint32_t notify_tasks = 64;

// A page, and what is to be run for it.
struct NotifyOrder {
    std::uint64_t ticket = 0;
    std::vector<std::string> program;
    Duration timeout{0};
    std::string notice;  // its standard input
};

// One run of the program for pages, as a transient unit with a user of its own (DynamicUser=): no
// capability, no way to write but its own /tmp, limits on memory and tasks. At the timeout it is
// ended with all it has started. The program must be root's alone. One at a time.
class NotifyRun {
public:
    // The program must not be empty.
    NotifyRun(const Tools& tools, NotifyOrder order);
    ~NotifyRun();
    NotifyRun(const NotifyRun&) = delete;
    NotifyRun& operator=(const NotifyRun&) = delete;

    // Once. `done` once, never from inside; it may let go of this.
    void start(std::function<void(const NotifyReply&)> done);

private:
    [[nodiscard]] NotifyReply reply_to(const systemd::TransientEnd& end) const;

    systemd::EventLoop& loop_;
    const Clock& clock_;
    systemd::Manager& manager_;
    NotifyOrder order_;
    systemd::TransientUnit unit_;
    systemd::LoopSource deadline_;
    systemd::LoopSource later_;
};

}  // namespace primum::remedy
