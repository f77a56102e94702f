// SPDX-License-Identifier: MIT
#pragma once

#include "http/server.hpp"

#include <primum/result.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace primum::http {

// A listening TCP socket, non-blocking and not inherited.
class ListenSocket {
public:
    // `address` as Server::listen takes it, not empty.
    [[nodiscard]] static Result<ListenSocket, HttpError> open(std::string_view address);

    ListenSocket(ListenSocket&& from) noexcept
        : fd_(std::exchange(from.fd_, -1)), port_(from.port_) {}
    ListenSocket& operator=(ListenSocket&&) = delete;
    ListenSocket(const ListenSocket&) = delete;
    ListenSocket& operator=(const ListenSocket&) = delete;
    ~ListenSocket();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    // Somebody else closes it from now on.
    void release() { fd_ = -1; }

private:
    explicit ListenSocket(int fd) : fd_(fd) {}

    int fd_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace primum::http
