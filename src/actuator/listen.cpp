// SPDX-License-Identifier: MIT
#include "actuator/listen.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace primum::actuator {
namespace {

auto failed(const std::string& what) {
    const std::string why = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe)
    return fail(ListenError{what + ": " + why});
}

}  // namespace

Result<int, ListenError> take_over_socket() {
    const int count = ::sd_listen_fds(1);
    const int fd = SD_LISTEN_FDS_START;
    if (count != 1 || ::sd_is_socket_unix(fd, SOCK_STREAM, 1, nullptr, 0) <= 0) {
        return fail(ListenError{
            "systemd passed no socket; start primum-actuator.socket, or name one with --socket"});
    }
    if (::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        return failed("the socket that systemd passed cannot be used");
    }
    return fd;
}

Result<int, ListenError> listen_at(const std::string& path, std::optional<gid_t> group) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return fail(ListenError{path + " is too long for a socket"});
    }
    std::copy(path.begin(), path.end(), address.sun_path);
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
        ::unlink(path.c_str());
    }
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return failed("there is no socket to be had");
    }
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);  // NOLINT
    const mode_t before = ::umask(0117);
    const bool bound = ::bind(fd, generic, sizeof address) == 0;
    ::umask(before);
    const bool owned = bound && (!group.has_value() || ::chown(path.c_str(), 0, *group) == 0);
    if (!owned || ::listen(fd, SOMAXCONN) != 0) {
        const auto error = failed("cannot listen at " + path);
        ::close(fd);
        return error;
    }
    return fd;
}

}  // namespace primum::actuator
