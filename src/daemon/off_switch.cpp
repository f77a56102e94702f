// SPDX-License-Identifier: MIT
#include "daemon/off_switch.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace primum::daemon {

namespace {

constexpr std::string_view file_name = "disabled";
constexpr std::uint32_t inside = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB |
                                 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t above = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR;

std::string parent_of(const std::string& directory) {
    const auto slash = directory.find_last_of('/');
    return slash == 0 || slash == std::string::npos ? "/" : directory.substr(0, slash);
}

std::string last_part_of(const std::string& directory) {
    return directory.substr(directory.find_last_of('/') + 1);
}

}  // namespace

OffSwitchState read_off_switch(const OffSwitchPlaces& places) {
    for (const auto& directory : places.directories) {
        const auto path = directory + "/" + std::string{file_name};
        struct stat status{};
        if (lstat(path.c_str(), &status) == 0) {
            return {true, path + " exists"};
        }
        const int error = errno;
        if (error != ENOENT) {
            return {true, path + " cannot be ruled out: " + std::generic_category().message(error)};
        }
    }
    return {};
}

OffSwitchWatch::OffSwitchWatch(systemd::EventLoop& loop,
                               OffSwitchPlaces places,
                               std::function<void()> changed)
    : places_(std::move(places)),
      changed_(std::move(changed)),
      fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (fd_ >= 0) {
        watch_all();
        source_ = loop.on_io(fd_, EPOLLIN, [this](std::uint32_t) { ready(); });
    }
}

OffSwitchWatch::~OffSwitchWatch() {
    source_.reset();
    if (fd_ >= 0) {
        close(fd_);
    }
}

// The parent is watched too, so that a directory that comes, goes or is replaced is noticed.
// Adding a watch that is there already changes nothing.
void OffSwitchWatch::watch_all() {
    for (const auto& directory : places_.directories) {
        inotify_add_watch(fd_, parent_of(directory).c_str(), above);
        inotify_add_watch(fd_, directory.c_str(), inside);
    }
}

void OffSwitchWatch::ready() {
    alignas(inotify_event) std::array<char, 4096> buffer{};
    bool relevant = false;
    for (;;) {
        const auto length = read(fd_, buffer.data(), buffer.size());
        if (length <= 0) {
            break;
        }
        for (std::size_t at = 0; at < static_cast<std::size_t>(length);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const std::string_view name{event.len == 0 ? "" : buffer.data() + at + sizeof event};
            relevant = relevant || event.len == 0 || name == file_name;
            for (const auto& directory : places_.directories) {
                relevant = relevant || name == last_part_of(directory);
            }
            at += sizeof event + event.len;
        }
    }
    if (relevant) {
        watch_all();
        changed_();
    }
}

}  // namespace primum::daemon
