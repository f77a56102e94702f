// SPDX-License-Identifier: MIT
#include "daemon/package_lock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace primum::daemon {
namespace {

constexpr std::size_t most_bytes = 1U << 20U;

struct FileId {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint64_t inode = 0;
};

// At most the first most_bytes; empty where it cannot be read.
std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::array<char, 4096> part{};
    while (text.size() < most_bytes && (file.read(part.data(), part.size()) || file.gcount() > 0)) {
        text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    }
    return text;
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (!line.empty()) {
        const auto begin = line.find_first_not_of(' ');
        if (begin == std::string_view::npos) {
            break;
        }
        line.remove_prefix(begin);
        const auto end = std::min(line.find(' '), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return words;
}

template <class T>
bool number(std::string_view text, T& value, int base = 10) {
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value, base);
    return parsed.ec == std::errc{} && parsed.ptr == end;
}

// Calls with each line, without its end.
template <class F>
void for_lines(std::string_view text, F each) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        each(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// "08:01:1234": device in hexadecimal, inode in decimal.
bool parse_file(std::string_view text, HeldLock& lock) {
    const auto first = text.find(':');
    const auto second = text.find(':', first == std::string_view::npos ? first : first + 1);
    return second != std::string_view::npos && number(text.substr(0, first), lock.major, 16) &&
           number(text.substr(first + 1, second - first - 1), lock.minor, 16) &&
           number(text.substr(second + 1), lock.inode);
}

// The device of a mount: the third field of its line, "8:1" in decimal.
bool device_of_mount(const std::string& mounts, std::uint64_t mount, FileId& id) {
    bool found = false;
    for_lines(mounts, [&](std::string_view line) {
        const auto words = words_of(line);
        std::uint64_t number_of_line = 0;
        if (words.size() < 3 || !number(words[0], number_of_line) || number_of_line != mount) {
            return;
        }
        const auto colon = std::min(words[2].find(':'), words[2].size());
        found = number(words[2].substr(0, colon), id.major) &&
                number(words[2].substr(std::min(colon + 1, words[2].size())), id.minor);
    });
    return found;
}

std::optional<FileId> identify(const std::string& path, const std::string& mounts) {
    struct statx status{};
    if (statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_MNT_ID, &status) !=
        0) {
        return std::nullopt;
    }
    FileId id{status.stx_dev_major, status.stx_dev_minor, status.stx_ino};
    if ((status.stx_mask & STATX_MNT_ID) != 0) {
        device_of_mount(mounts, status.stx_mnt_id, id);
    }
    return id;
}

}  // namespace

std::vector<HeldLock> parse_locks(std::string_view text) {
    std::vector<HeldLock> locks;
    for_lines(text, [&](std::string_view line) {
        // 1: POSIX  ADVISORY  WRITE 4711 08:01:1234 0 EOF
        const auto words = words_of(line);
        if (words.size() < 6 || words[3] != "WRITE" ||
            (words[1] != "POSIX" && words[1] != "FLOCK" && words[1] != "OFDLCK")) {
            return;
        }
        HeldLock lock;
        if (number(words[4], lock.pid) && parse_file(words[5], lock)) {
            locks.push_back(lock);
        }
    });
    return locks;
}

std::optional<std::string> package_lock_holder(const PackageLockPlaces& places) {
    const auto mounts = read_text(places.mounts);
    std::vector<FileId> files;
    for (const auto& name : places.files) {
        if (const auto id = identify(places.directory + '/' + name, mounts)) {
            files.push_back(*id);
        }
    }
    if (files.empty()) {
        return std::nullopt;
    }
    for (const auto& lock : parse_locks(read_text(places.locks))) {
        const bool ours = std::any_of(files.begin(), files.end(), [&](const FileId& file) {
            return lock.major == file.major && lock.minor == file.minor && lock.inode == file.inode;
        });
        if (ours) {
            return lock.pid > 0 ? "process " + std::to_string(lock.pid) : "a process";
        }
    }
    return std::nullopt;
}

PackageLockWatch::PackageLockWatch(systemd::EventLoop& loop,
                                   const Clock& clock,
                                   Told told,
                                   PackageLockPlaces places)
    : loop_(loop), clock_(clock), told_(std::move(told)), places_(std::move(places)) {
    fd_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd_ < 0) {
        return;
    }
    constexpr std::uint32_t wanted = IN_OPEN | IN_CLOSE | IN_ONLYDIR;
    if (inotify_add_watch(fd_, places_.directory.c_str(), wanted) < 0) {
        close(std::exchange(fd_, -1));
        return;
    }
    source_ = loop_.on_io(fd_, EPOLLIN, [this](std::uint32_t) { ready(); });
    look();
}

PackageLockWatch::~PackageLockWatch() {
    source_.reset();
    if (fd_ >= 0) {
        close(fd_);
    }
}

void PackageLockWatch::ready() {
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
            const auto& files = places_.files;
            relevant = relevant || (event.mask & IN_Q_OVERFLOW) != 0 ||
                       std::find(files.begin(), files.end(), name) != files.end();
            at += sizeof event + event.len;
        }
    }
    if (relevant) {
        look();
        if (!holder_) {
            look_after(after_open);
        }
    }
}

void PackageLockWatch::look() {
    auto now = package_lock_holder(places_);
    const bool changed = now.has_value() != holder_.has_value();
    holder_ = std::move(now);
    timer_.reset();
    if (holder_) {
        look_after(recheck);
    }
    if (changed) {
        told_(holder_);
    }
}

void PackageLockWatch::look_after(Duration delay) {
    timer_ = loop_.at(clock_.now().t + delay, [this] { look(); });
}

}  // namespace primum::daemon
