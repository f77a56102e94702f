// SPDX-License-Identifier: MIT
//
// Preloaded into a daemon of the box to end it, to stop it or to fail it at one exact boundary: the
// file that $CRASH_AT names says which, as `KIND NUMBER WHAT PROCESS`.
//
//   KIND    sync      a durable write (fsync, fdatasync)
//           actuator  a message over the actuator's socket, in either direction
//           bus       a message to the system bus
//   NUMBER  which one, counted from 1 since the file has been there with this text
//   WHAT    kill or stop, both just before the call; or fail: this and every later sync gives EIO
//   PROCESS its number; another run of the same daemon goes on
//
// Without the file nothing happens. It is looked at again before every such call.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr const char* actuator_socket = "/run/primum/actuator.sock";
constexpr const char* bus_socket = "/run/dbus/system_bus_socket";

template <class F>
F* real(F* /*same type*/, const char* name) {
    return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

struct Order {
    char text[64] = {};
    char kind[16] = {};
    char what[16] = {};
    int number = 0;
    int process = 0;
};

bool read_order(Order& order) {
    static const char* path = std::getenv("CRASH_AT");
    if (path == nullptr) {
        return false;
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const ssize_t size = read(fd, order.text, sizeof order.text - 1);
    close(fd);
    return size > 0 &&
           std::sscanf(order.text,
                       "%15s %d %15s %d",
                       order.kind,
                       &order.number,
                       order.what,
                       &order.process) == 4 &&
           order.process == getpid();
}

// Counts one call of a kind, and acts when it is the one that was ordered. True: it is to fail.
bool boundary(const char* kind) {
    static std::mutex mutex;
    static Order counted;
    static int count = 0;
    Order order;
    if (!read_order(order) || std::strcmp(order.kind, kind) != 0) {
        return false;
    }
    const std::lock_guard lock{mutex};
    if (std::strcmp(order.text, counted.text) != 0) {
        counted = order;
        count = 0;
    }
    ++count;
    if (std::strcmp(order.what, "fail") == 0) {
        return count >= order.number;
    }
    if (count == order.number) {
        kill(getpid(), std::strcmp(order.what, "stop") == 0 ? SIGSTOP : SIGKILL);
    }
    return false;
}

int synced(int (*next)(int), int fd) {
    if (boundary("sync")) {
        errno = EIO;
        return -1;
    }
    return next(fd);
}

bool is_path(const sockaddr_un& address, socklen_t size, const char* path) {
    return size > sizeof(sa_family_t) && address.sun_family == AF_UNIX &&
           std::strncmp(address.sun_path, path, sizeof address.sun_path) == 0;
}

void message_boundary(int fd) {
    sockaddr_un here{};
    sockaddr_un there{};
    socklen_t here_size = sizeof here;
    socklen_t there_size = sizeof there;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_size) != 0 ||
        here.sun_family != AF_UNIX ||
        getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_size) != 0) {
        return;
    }
    if (is_path(here, here_size, actuator_socket) || is_path(there, there_size, actuator_socket)) {
        boundary("actuator");
    } else if (is_path(there, there_size, bus_socket)) {
        boundary("bus");
    }
}

}  // namespace

extern "C" {

int fsync(int fd) {
    static auto* const next = real(&fsync, "fsync");
    return synced(next, fd);
}

int fdatasync(int fd) {
    static auto* const next = real(&fdatasync, "fdatasync");
    return synced(next, fd);
}

ssize_t write(int fd, const void* data, size_t size) {
    static auto* const next = real(&write, "write");
    message_boundary(fd);
    return next(fd, data, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    static auto* const next = real(&writev, "writev");
    message_boundary(fd);
    return next(fd, parts, count);
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
    static auto* const next = real(&send, "send");
    message_boundary(fd);
    return next(fd, data, size, flags);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    static auto* const next = real(&sendmsg, "sendmsg");
    message_boundary(fd);
    return next(fd, message, flags);
}

}  // extern "C"
