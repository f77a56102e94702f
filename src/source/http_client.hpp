// SPDX-License-Identifier: MIT
#pragma once

#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/source.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace primum::source {

// What came of one GET. `failure` is none only for a complete answer whose status is wanted.
struct HttpAnswer {
    SourceFailure failure = SourceFailure::none;
    std::string detail;     // for people; empty when none; never a secret
    std::string_view body;  // unpacked; valid during the callback
    // As the server gave it, empty when it gave none; valid during the callback.
    std::string_view content_type;
    long status = 0;  // of the last answer; 0: there was none
    Duration took{0};
    // The earliest end of validity in the server's chain; only of a new https connection.
    std::optional<WallTime> tls_expiry;
};

class CurlLoop;
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
    std::unique_ptr<CurlLoop> curl_;
};

// `page`: only status 200 is an answer. `reply`: each status is one. Both keep connections.
// `probe`: each status is an answer, over a connection of its own. `connect`: a connection is the
// answer, and nothing is sent.
enum class HttpWay : std::uint8_t { page, reply, probe, connect };

// One GET (or POST) at a time, again and again; keeps its buffer. Letting go of it cancels, without
// a callback.
//
// Takes gzip; `max_bytes` holds for what is packed and for what is unpacked, and headers may have
// 64 KiB. Redirects are followed up to `redirects`, never from https to http; what shows who asks
// (user, bearer, client certificate) goes to the host, port and scheme of the first URL only.
// There is no https without verification. The files of `access` are read anew at each start.
class HttpGet {
public:
    struct Request {
        std::string url;     // http or https
        std::string accept;  // the Accept header; empty: none
        HttpAccess access;
        HttpWay way = HttpWay::page;
    };
    using Done = std::function<void(const HttpAnswer&)>;

    HttpGet(HttpClient& client, Request request, Done done);
    ~HttpGet();
    HttpGet(const HttpGet&) = delete;
    HttpGet& operator=(const HttpGet&) = delete;

    // Calls `done` exactly once, later, at the latest after `timeout`. Must not be busy.
    void start(Duration timeout);
    // The same as a POST of `body`. Redirects are not followed. Who posts does nothing else.
    void post(std::string body, std::string_view content_type, Duration timeout);
    [[nodiscard]] bool busy() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace primum::source
