// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>

#include <curl/curl.h>

#include <map>
#include <string>

namespace primum::source {

// One easy handle's user; CURLOPT_PRIVATE points to it.
class CurlTransfer {
public:
    CurlTransfer() = default;
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    virtual ~CurlTransfer() = default;
    // The transfer has ended; it is still to be removed. May add, remove and destroy transfers.
    virtual void ended(CURLcode code) = 0;
};

// libcurl's multi interface on the loop.
class CurlLoop {
public:
    CurlLoop(systemd::EventLoop& loop, const Clock& clock);
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;
    ~CurlLoop();

    void add(CURL* easy);
    void remove(CURL* easy);
    // A large buffer for a body, empty, in place of `body`: the one that was given back last, if it
    // is there. Between large answers one is kept for all transfers, of up to 8 MiB.
    void borrow(std::string& body);
    void give_back(std::string&& body);
    [[nodiscard]] systemd::EventLoop& loop() { return loop_; }
    [[nodiscard]] Instant now() const { return clock_.now().t; }

private:
    static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* mine);
    static int on_timer(CURLM* multi, long timeout_ms, void* self);
    void watch(curl_socket_t fd, int what);
    void arm(long timeout_ms);
    void act(curl_socket_t fd, int action);
    void end_all();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    CURLM* multi_ = nullptr;
    std::map<curl_socket_t, systemd::LoopSource> sockets_;
    systemd::LoopSource timer_;
    std::string spare_;
};

}  // namespace primum::source
