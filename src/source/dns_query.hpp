// SPDX-License-Identifier: MIT
#pragma once

#include "source/probe.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/source.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace primum::source {

// What came of one question. `failure` none: the server has answered, with `addresses` (in their
// usual text form) or, when there are none, with `detail` saying why.
struct DnsAnswer {
    SourceFailure failure = SourceFailure::none;
    std::string detail;
    std::vector<std::string> addresses;
    Duration took{0};
};

// Asks one server for the addresses of a name, over UDP, and over TCP where the answer did not fit.
//
// c-ares does it, on the loop: it matches answers by id, question and port, and reads them within
// bounds. The host's own resolver, its /etc/hosts and its search list have no part in it.
class DnsQuery {
public:
    using Done = std::function<void(const DnsAnswer&)>;

    // `server`: address or address:port, [address]:port for IPv6.
    DnsQuery(systemd::EventLoop& loop,
             const Clock& clock,
             std::string server,
             std::string name,
             DnsType type,
             Done done);
    ~DnsQuery();
    DnsQuery(const DnsQuery&) = delete;
    DnsQuery& operator=(const DnsQuery&) = delete;

    // Calls `done` exactly once, later, at the latest after about `timeout`. Must not be busy.
    void start(Duration timeout);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace primum::source
