// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace primum::source {

// What came of one GET. `failure` is none only for status 200 with a complete body.
struct HttpAnswer {
    SourceFailure failure = SourceFailure::none;
    std::string detail;     // for people; empty when none
    std::string_view body;  // valid during the callback
    // As the server gave it, empty when it gave none; valid during the callback.
    std::string_view content_type{};
};

class HttpGet;

// All transfers of a program on its one loop: libcurl's multi interface, no thread of its own
// (a host name that is not numeric and not localhost is resolved on a thread of libcurl's, which a
// time-out leaves behind rather than waits for). Ignores proxy settings of the environment. Must
// outlive its HttpGets.
class HttpClient {
public:
    HttpClient(systemd::EventLoop& loop, const Clock& clock);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

private:
    friend class HttpGet;
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// One GET at a time, again and again; keeps its connection and its buffer. Letting go of it
// cancels, without a callback.
class HttpGet {
public:
    struct Request {
        std::string url;     // http or https
        std::string accept;  // the Accept header
        std::size_t max_bytes = 0;
    };
    using Done = std::function<void(const HttpAnswer&)>;

    HttpGet(HttpClient& client, Request request, Done done);
    ~HttpGet();
    HttpGet(const HttpGet&) = delete;
    HttpGet& operator=(const HttpGet&) = delete;

    // Calls `done` exactly once, later, at the latest after `timeout`. Redirects are not followed.
    // Must not be busy.
    void start(Duration timeout);
    [[nodiscard]] bool busy() const;

private:
    friend class HttpClient;
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace primum::source
