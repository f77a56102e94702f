// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/check.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace primum::source {

// How a test's server treats one request.
struct Answer {
    std::string bytes;          // sent as they are
    std::size_t at_a_time = 0;  // bytes a turn of the loop; 0: all at once
    bool then_close = false;    // else the connection stays open
};

inline Answer page(const std::string& body) {
    return {"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body};
}

inline Answer status(const std::string& line, const std::string& headers = "") {
    return {"HTTP/1.1 " + line + "\r\n" + headers + "Content-Length: 0\r\n\r\n"};
}

// A server on a port of the kernel's choice, on the loop of the test, as bad as the test likes.
class LoopbackServer {
public:
    using Answerer = std::function<Answer(const std::string& request)>;

    LoopbackServer(systemd::EventLoop& loop, Answerer answerer)
        : loop_(loop), answerer_(std::move(answerer)) {
        listen_at_a_port();
        source_ = loop_.on_io(fd_, EPOLLIN, [this](std::uint32_t) { take(); });
    }
    // On a Unix socket instead.
    LoopbackServer(systemd::EventLoop& loop, const std::string& path, Answerer answerer)
        : loop_(loop), answerer_(std::move(answerer)) {
        fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        PRIMUM_CHECK(fd_ >= 0 && path.size() < sizeof address.sun_path);
        path.copy(address.sun_path, path.size());
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        PRIMUM_CHECK(bind(fd_, plain, sizeof address) == 0 && listen(fd_, 16) == 0);
        source_ = loop_.on_io(fd_, EPOLLIN, [this](std::uint32_t) { take(); });
    }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer() {
        source_.reset();
        close(fd_);
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/metrics";
    }
    [[nodiscard]] int connections() const { return connections_; }
    [[nodiscard]] int requests() const { return requests_; }
    [[nodiscard]] const std::string& last_request() const { return last_request_; }

private:
    struct Connection {
        int fd = -1;
        systemd::LoopSource source;
        systemd::LoopSource more;
        std::string in;
        Answer answer;

        Connection() = default;
        Connection(const Connection&) = delete;
        Connection& operator=(const Connection&) = delete;
        ~Connection() { drop(); }
        void drop() {
            source.reset();
            more.reset();
            if (fd >= 0) {
                close(std::exchange(fd, -1));
            }
        }
    };

    void listen_at_a_port() {
        fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        PRIMUM_CHECK(fd_ >= 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        PRIMUM_CHECK(bind(fd_, plain, size) == 0 && listen(fd_, 16) == 0);
        PRIMUM_CHECK(getsockname(fd_, plain, &size) == 0);
        port_ = ntohs(address.sin_port);
    }

    void take() {
        const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        ++connections_;
        auto& connection = open_.emplace_back();
        connection.fd = fd;
        connection.source =
            loop_.on_io(fd, EPOLLIN, [this, &connection](std::uint32_t) { hear(connection); });
    }

    void hear(Connection& connection) {
        char buffer[4096];
        const auto got = recv(connection.fd, buffer, sizeof buffer, 0);
        if (got <= 0) {
            connection.drop();
            return;
        }
        connection.in.append(buffer, static_cast<std::size_t>(got));
        if (!is_whole(connection.in)) {
            return;
        }
        ++requests_;
        last_request_ = std::exchange(connection.in, {});
        connection.answer = answerer_(last_request_);
        speak(connection);
    }

    static bool is_whole(const std::string& request) {
        const auto head = request.find("\r\n\r\n");
        const auto length = request.find("Content-Length: ");
        if (head == std::string::npos || length > head) {
            return head != std::string::npos;
        }
        return request.size() - head - 4 >= std::stoul(request.substr(length + 16));
    }

    void speak(Connection& connection) {
        auto& answer = connection.answer;
        const auto now = answer.at_a_time == 0 ? answer.bytes.size()
                                               : std::min(answer.at_a_time, answer.bytes.size());
        const auto sent = send(connection.fd, answer.bytes.data(), now, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            connection.drop();
            return;
        }
        answer.bytes.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
        if (!answer.bytes.empty()) {
            connection.more = loop_.soon([this, &connection] { speak(connection); });
        } else if (answer.then_close) {
            connection.drop();
        }
    }

    systemd::EventLoop& loop_;
    Answerer answerer_;
    int fd_ = -1;
    std::uint16_t port_ = 0;
    systemd::LoopSource source_;
    std::list<Connection> open_;
    int connections_ = 0;
    int requests_ = 0;
    std::string last_request_;
};

}  // namespace primum::source
