// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::daemon {

// An exclusive lock on a file, as a line of /proc/locks tells it (proc(5)).
struct HeldLock {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint64_t inode = 0;
    std::int64_t pid = 0;  // of the holder; 0 or -1 where the kernel does not say
    bool operator==(const HeldLock&) const = default;
};

// The write locks (fcntl, OFD, flock) of a text as /proc/locks has it; waiters, read locks, leases
// and lines that are none are left out.
[[nodiscard]] std::vector<HeldLock> parse_locks(std::string_view text);

struct PackageLockPlaces {
    std::string directory = "/var/lib/dpkg";
    std::vector<std::string> files{"lock-frontend", "lock"};
    std::string locks = "/proc/locks";
    std::string mounts = "/proc/self/mountinfo";
};

// Who holds a lock of the package manager now, for people ("process 4711"); nothing while nobody
// does, or where there is none. The files need not be readable: the kernel names locks by device
// and inode. The device is that of the file's mount, since stat(2) gives another on btrfs.
[[nodiscard]] std::optional<std::string> package_lock_holder(const PackageLockPlaces& places);

// Tells when the package manager takes its lock and when it has let go of it. Idle it costs
// nothing: somebody who opens or closes a lock file wakes it; only while the lock is held it looks
// every `recheck`.
class PackageLockWatch {
public:
    static constexpr Duration recheck = std::chrono::seconds{5};
    // Between opening the file and locking it: looked at again so much later.
    static constexpr Duration after_open = std::chrono::milliseconds{200};

    using Told = std::function<void(const std::optional<std::string>& holder)>;
    // Where there is no such directory, or no inotify, nothing is ever told.
    PackageLockWatch(systemd::EventLoop& loop,
                     const Clock& clock,
                     Told told,
                     PackageLockPlaces places = {});
    ~PackageLockWatch();
    PackageLockWatch(const PackageLockWatch&) = delete;
    PackageLockWatch& operator=(const PackageLockWatch&) = delete;

private:
    void ready();
    void look();
    void look_after(Duration delay);

    systemd::EventLoop& loop_;
    const Clock& clock_;
    Told told_;
    PackageLockPlaces places_;
    int fd_ = -1;
    std::optional<std::string> holder_;
    systemd::LoopSource source_;
    systemd::LoopSource timer_;
};

}  // namespace primum::daemon
