// SPDX-License-Identifier: MIT
#pragma once

#include "source/push_server.hpp"

#include <primum/check.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::source {

// A Unix socket of a name that only this process and this number have; there is no file.
class PushAddress {
public:
    PushAddress() {
        static int count = 0;
        const auto name =
            "primum-push-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
        address_.sun_family = AF_UNIX;
        std::copy(name.begin(), name.end(), address_.sun_path + 1);
        size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    }
    [[nodiscard]] int bound(int type) const {
        const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
        PRIMUM_CHECK(fd >= 0 && ::bind(fd, raw(), size_) == 0);
        PRIMUM_CHECK(type != SOCK_STREAM || ::listen(fd, 16) == 0);
        return fd;
    }
    [[nodiscard]] int connected(int type) const {
        const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        PRIMUM_CHECK(fd >= 0 && ::connect(fd, raw(), size_) == 0);
        return fd;
    }

private:
    [[nodiscard]] const sockaddr* raw() const {
        return reinterpret_cast<const sockaddr*>(&address_);
    }
    sockaddr_un address_{};
    socklen_t size_ = 0;
};

// Somebody who pushes, never blocking. With `uid` it connects as that user, which takes root.
class PushPeer {
public:
    PushPeer(const PushAddress& address, int type, uid_t uid = ::geteuid()) {
        const auto own = ::geteuid();
        PRIMUM_CHECK(uid == own || ::seteuid(uid) == 0);
        fd_ = address.connected(type);
        PRIMUM_CHECK(uid == own || ::seteuid(own) == 0);
    }
    PushPeer(const PushPeer&) = delete;
    PushPeer& operator=(const PushPeer&) = delete;
    ~PushPeer() { ::close(fd_); }

    // How much of it went out.
    std::size_t write(std::string_view text) const {
        const auto size = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
        return size > 0 ? static_cast<std::size_t>(size) : 0;
    }
    void finish() const { ::shutdown(fd_, SHUT_WR); }
    // What has come so far; `closed()` once the other end has.
    const std::string& heard() {
        char bytes[4096];
        while (true) {
            const auto size = ::recv(fd_, bytes, sizeof bytes, 0);
            if (size <= 0) {
                closed_ = closed_ || size == 0;
                return heard_;
            }
            heard_.append(bytes, static_cast<std::size_t>(size));
        }
    }
    bool closed() {
        static_cast<void>(heard());
        return closed_;
    }

private:
    int fd_ = -1;
    std::string heard_;
    bool closed_ = false;
};

}  // namespace primum::source
