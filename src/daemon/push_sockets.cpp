// SPDX-License-Identifier: MIT
#include "daemon/push_sockets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace primum::daemon {
namespace {

constexpr std::string_view passed_name = "push";
constexpr int backlog = 128;

struct Passed {
    int fd = -1;
    std::string name;
};

std::vector<Passed> passed_sockets() {
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(1, &names);
    std::vector<Passed> passed;
    for (int i = 0; i < count; ++i) {
        passed.push_back({SD_LISTEN_FDS_START + i, names[i]});
        ::free(names[i]);  // NOLINT(cppcoreguidelines-no-malloc): sd_listen_fds_with_names' own
    }
    ::free(static_cast<void*>(names));  // NOLINT(cppcoreguidelines-no-malloc)
    return passed;
}

// -1 and errno: there is none to be had.
int bound_at(const std::string& path, int type) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    std::copy(path.begin(), path.end(), address.sun_path);
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
        ::unlink(path.c_str());
    }
    const int fd = ::socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT
    constexpr mode_t everybody = 0666;
    if (fd >= 0 && ::bind(fd, generic, sizeof address) == 0 &&
        ::chmod(path.c_str(), everybody) == 0 &&
        (type != SOCK_STREAM || ::listen(fd, backlog) == 0)) {
        return fd;
    }
    const int why = errno;
    if (fd >= 0) {
        ::close(fd);
    }
    errno = why;
    return -1;
}

}  // namespace

std::vector<std::string> open_push_sockets(source::PushServer& server,
                                           const rules::PushSettings& settings) {
    std::vector<std::string> problems;
    for (const auto& [fd, name] : passed_sockets()) {
        if (name == passed_name && ::sd_is_socket_unix(fd, SOCK_STREAM, 1, nullptr, 0) > 0) {
            server.listen_stream(fd);
        } else if (name == passed_name && ::sd_is_socket_unix(fd, SOCK_DGRAM, -1, nullptr, 0) > 0) {
            server.listen_datagrams(fd);
        } else {
            problems.push_back(fmt::format("systemd passed a socket \"{}\" that is no use", name));
            ::close(fd);
        }
    }
    if (server.listening() || settings.socket == rules::PushSettings{}.socket) {
        return problems;
    }
    const auto datagrams = std::filesystem::path{settings.socket}.replace_extension(".dgram");
    for (const auto& [path, type] : {std::pair{settings.socket.string(), int{SOCK_STREAM}},
                                     std::pair{datagrams.string(), int{SOCK_DGRAM}}}) {
        if (const int fd = bound_at(path, type); fd < 0) {
            problems.push_back(fmt::format("no push socket at {}: {}",
                                           path,
                                           std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe)
        } else if (type == SOCK_STREAM) {
            server.listen_stream(fd);
        } else {
            server.listen_datagrams(fd);
        }
    }
    return problems;
}

source::PushServerLimits push_limits(const rules::PushSettings& settings) {
    source::PushServerLimits limits;
    limits.line.line_bytes = settings.max_line_bytes;
    limits.max_series = settings.max_series_per_source;
    return limits;
}

}  // namespace primum::daemon
