// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/check.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace primum::source {

// The question of a query, with its header, without what follows it (EDNS).
inline std::string question_of(const std::string& query) {
    std::size_t at = 12;
    while (at < query.size() && query[at] != '\0') {
        at += 1 + static_cast<unsigned char>(query[at]);
    }
    return query.substr(0, at + 5);
}

// An answer with a response code and addresses of 4 or 16 bytes.
inline std::string reply_to(const std::string& query,
                            int rcode,
                            const std::vector<std::string>& addresses = {},
                            bool truncated = false) {
    auto reply = question_of(query);
    reply[2] = static_cast<char>(truncated ? 0x86 : 0x84);
    reply[3] = static_cast<char>(rcode);
    reply[6] = 0;
    reply[7] = static_cast<char>(addresses.size());
    for (std::size_t i = 8; i < 12; ++i) {
        reply[i] = 0;
    }
    for (const auto& address : addresses) {
        reply += std::string{"\xc0\x0c\0", 3} + (address.size() == 4 ? '\x01' : '\x1c');
        reply += std::string{"\0\x01\0\0\0\x3c\0", 7} + static_cast<char>(address.size()) + address;
    }
    return reply;
}

// A name server on UDP, and on TCP at the same port, on the loop of the test.
class DnsServer {
public:
    // Gives the bytes to send; empty: none. `tcp`: how it was asked.
    using Answerer = std::function<std::string(const std::string& query, bool tcp)>;

    DnsServer(systemd::EventLoop& loop, Answerer answerer)
        : loop_(loop), answerer_(std::move(answerer)) {
        // A port that is free for one of the two may be taken for the other.
        for (int tries = 0; tries < 50 && !open_both(); ++tries) {
            close_both();
        }
        PRIMUM_CHECK(udp_ >= 0 && tcp_ >= 0);
        datagrams_ = loop_.on_io(udp_, EPOLLIN, [this](std::uint32_t) { take_datagram(); });
        connections_ = loop_.on_io(tcp_, EPOLLIN, [this](std::uint32_t) { take_connection(); });
    }
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;
    ~DnsServer() {
        datagrams_.reset();
        connections_.reset();
        stream_.reset();
        close_both();
        if (peer_ >= 0) {
            close(peer_);
        }
    }

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] int questions() const { return questions_; }

private:
    bool open_both() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        udp_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        tcp_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (udp_ < 0 || tcp_ < 0 || bind(udp_, plain, size) != 0 ||
            getsockname(udp_, plain, &size) != 0) {
            return false;
        }
        port_ = ntohs(address.sin_port);
        return bind(tcp_, plain, size) == 0 && listen(tcp_, 4) == 0;
    }
    void close_both() {
        close(std::exchange(udp_, -1));
        close(std::exchange(tcp_, -1));
    }

    void take_datagram() {
        std::array<char, 2'048> buffer{};
        sockaddr_in from{};
        socklen_t size = sizeof from;
        auto* plain = reinterpret_cast<sockaddr*>(&from);
        const auto got = recvfrom(udp_, buffer.data(), buffer.size(), 0, plain, &size);
        if (got <= 0) {
            return;
        }
        ++questions_;
        const auto reply = answerer_({buffer.data(), static_cast<std::size_t>(got)}, false);
        if (!reply.empty()) {
            sendto(udp_, reply.data(), reply.size(), 0, plain, size);
        }
    }

    void take_connection() {
        peer_ = accept4(tcp_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        stream_ = loop_.on_io(peer_, EPOLLIN, [this](std::uint32_t) { take_stream(); });
    }

    void take_stream() {
        std::array<char, 2'048> buffer{};
        const auto got = recv(peer_, buffer.data(), buffer.size(), 0);
        if (got <= 2) {
            stream_.reset();
            return;
        }
        const auto reply = answerer_({buffer.data() + 2, static_cast<std::size_t>(got) - 2}, true);
        const std::string sized = std::string{static_cast<char>(reply.size() >> 8U),
                                              static_cast<char>(reply.size() & 0xffU)} +
                                  reply;
        send(peer_, sized.data(), sized.size(), MSG_NOSIGNAL);
    }

    systemd::EventLoop& loop_;
    Answerer answerer_;
    int udp_ = -1;
    int tcp_ = -1;
    int peer_ = -1;
    std::uint16_t port_ = 0;
    int questions_ = 0;
    systemd::LoopSource datagrams_;
    systemd::LoopSource connections_;
    systemd::LoopSource stream_;
};

}  // namespace primum::source
