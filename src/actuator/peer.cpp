// SPDX-License-Identifier: MIT
#include "actuator/peer.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

constexpr std::size_t max_cgroup_bytes = 16'384;

std::string read_small(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(max_cgroup_bytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

class Pidfd {
public:
    explicit Pidfd(pid_t pid) : fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
    Pidfd(const Pidfd&) = delete;
    Pidfd& operator=(const Pidfd&) = delete;
    ~Pidfd() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    // Of a process that has ended the descriptor is readable.
    [[nodiscard]] bool alive() const {
        pollfd wait{fd_, POLLIN, 0};
        return fd_ >= 0 && ::poll(&wait, 1, 0) == 0;
    }

private:
    int fd_;
};

}  // namespace

std::string systemd_cgroup(std::string_view proc_cgroup) {
    std::string unified;
    while (!proc_cgroup.empty()) {
        const auto end = proc_cgroup.find('\n');
        const std::string_view line = proc_cgroup.substr(0, end);
        proc_cgroup.remove_prefix(end == std::string_view::npos ? proc_cgroup.size() : end + 1);
        const auto first = line.find(':');
        const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos) {
            continue;
        }
        const auto controllers = line.substr(first + 1, second - first - 1);
        const auto path = line.substr(second + 1);
        if (controllers == "name=systemd") {
            return std::string(path);
        }
        if (controllers.empty() && line.substr(0, first) == "0") {
            unified = path;
        }
    }
    return unified;
}

std::string primumd_cgroup_beside(std::string_view own_cgroup) {
    constexpr std::string_view own_name = "/primum-actuator.service";
    if (own_cgroup.ends_with(own_name)) {
        own_cgroup.remove_suffix(own_name.size());
        return std::string(own_cgroup) + "/primumd.service";
    }
    return PeerPolicy{}.primumd_cgroup;
}

bool is_within(std::string_view cgroup, std::string_view service_cgroup) {
    return !service_cgroup.empty() && cgroup.starts_with(service_cgroup) &&
           (cgroup.size() == service_cgroup.size() || cgroup[service_cgroup.size()] == '/');
}

Result<Peer, PeerError> check_peer(int socket, const PeerPolicy& policy) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return fail(PeerError{"the peer's credentials cannot be read"});
    }
    if (peer.uid == 0) {
        return Peer::root;
    }
    if (!policy.primum_uid.has_value() || peer.uid != *policy.primum_uid) {
        return fail(PeerError{"uid " + std::to_string(peer.uid) +
                              " may not ask; only primumd and root may"});
    }
    // The pid is the one that connected. Held by its pidfd while we look, it cannot come to mean
    // another process in between.
    const Pidfd process(peer.pid);
    const auto cgroup = systemd_cgroup(read_small("/proc/" + std::to_string(peer.pid) + "/cgroup"));
    if (!process.alive()) {
        return fail(PeerError{"the process that connected is gone"});
    }
    if (!is_within(cgroup, policy.primumd_cgroup)) {
        return fail(PeerError{"pid " + std::to_string(peer.pid) + " is not of primumd.service"});
    }
    return Peer::primumd;
}

std::string own_cgroup() {
    return systemd_cgroup(read_small("/proc/self/cgroup"));
}

std::optional<User> user_of(const std::string& name) {
    // Not through NSS: its modules may ask the network, and stay in memory.
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen("/etc/passwd", "re"), &std::fclose);
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    while (file != nullptr &&
           ::fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
        if (name == entry.pw_name) {
            return User{entry.pw_uid, entry.pw_gid};
        }
    }
    return std::nullopt;
}

}  // namespace primum::actuator
