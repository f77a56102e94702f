// SPDX-License-Identifier: MIT
#pragma once

#include <primum/effect.hpp>
#include <primum/engine.hpp>
#include <primum/event.hpp>
#include <primum/source.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace primum::telemetry {

// Whole-process numbers, read by the caller when a page is asked for.
struct ProcessUsage {
    std::uint64_t resident_bytes = 0;
    double cpu_seconds = 0;
};
// Of this process, now.
[[nodiscard]] ProcessUsage process_usage();

// Everything under /metrics. Derives its counters from the events and effects that pass by, and
// reads no clock. One thread owns it.
//
// Label values are bounded: targets and sources are those of the rules in force (others count as
// "other"), the rest are enumerations. A target's series come into being with its first news and
// go when the rules no longer name it.
class Metrics {
public:
    // `version` is exposed as primum_build_info where it is given.
    explicit Metrics(std::string_view version = {});
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Every event, before or after the core has taken it; every effect.
    void observe(const Event& event);
    void observe(const Effect& effect);

    // From an event's arrival until its effects were there.
    void observe_decision_latency(Duration took);
    // One turn of the loop, without the waiting.
    void observe_loop_turn(Duration took);
    // A reload that was refused; a successful one is seen as a RulesEvent.
    void rules_refused();
    // Something bounded was full: `queue` is one of ledger, journal, recording.
    void queue_dropped(std::string_view queue, std::uint64_t total_so_far);
    // Pushed lines and datagrams refused; `code` is one of a fixed set, that of docs/push.md.
    void push_refused(std::string_view code, std::uint64_t total_so_far);
    // Webhooks refused before it was known whose they are.
    void webhooks_refused(std::uint64_t total_so_far);
    // A notice for people: by which channel, what it was about, what came of it.
    void notice(std::string_view channel, std::string_view kind, std::string_view result);
    // How many of a channel's notices are not delivered yet, and the age of the oldest.
    void notices_waiting(std::string_view channel, std::size_t waiting, Duration oldest);
    // Whether events are being recorded.
    void recording(bool well);

    // What the sources did so far, before a page is made.
    void sources(const SourceFigures& figures, Instant now);
    // Brings the gauges up to date that change by time alone, before a page is made.
    void refresh(const HostView& host, Instant now, const ProcessUsage& process);

    // The page, in format 0.0.4.
    [[nodiscard]] std::string page() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

// The Content-Type of page().
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace primum::telemetry
