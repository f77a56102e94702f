// SPDX-License-Identifier: MIT
#pragma once

#include "source/exposition.hpp"
#include "source/http_client.hpp"
#include "source/interner.hpp"
#include "systemd/event_loop.hpp"

#include <primum/clock.hpp>
#include <primum/event.hpp>
#include <primum/rules.hpp>

#include <functional>
#include <vector>

namespace primum::source {

// Where a source's news goes. Must not call back into the source or its collector.
using Emit = std::function<void(EventBody)>;

// How long after its start a source makes its first collection: between 0 and `interval`, by the
// name, the same at every start, so that sources do not ask all at once.
[[nodiscard]] Duration start_spread(std::string_view name, Duration interval);

// How long to wait before try number `next` (from 2): doubled each time, up to the maximum.
[[nodiscard]] Duration backoff_before(const Retries& retries, std::uint32_t next);

// Scrapes one endpoint every interval, from the moment it is made.
//
// Each interval ends in one of two ways: a SamplesEvent, preceded by a SeriesEvent for every
// wanted series seen for the first time and, after a failure, by SourceEvent{ok = true}; or, when
// all tries within the interval failed, SourceEvent{ok = false} with a SourceFailure's name. A
// page that cannot be read whole is a failure. Intervals that pass unseen (a suspended host) are
// left out, never caught up.
class PrometheusSource {
public:
    struct Options {
        SourceRule rule;
        SeriesId first_id = 0;
    };

    PrometheusSource(systemd::EventLoop& loop,
                     const Clock& clock,
                     HttpClient& client,
                     Options options,
                     Emit emit);

    // Changes what is wanted of the pages; takes effect with the next one.
    void want(Wanted wanted);

    [[nodiscard]] const SourceRule& rule() const { return rule_; }
    [[nodiscard]] const Interner& interner() const { return interner_; }
    [[nodiscard]] const std::vector<std::string>& selectors() const { return selectors_; }

private:
    void begin();
    void attempt();
    void answered(const HttpAnswer& answer);
    void read_page(std::string_view page);
    void failed(SourceFailure failure, std::string detail);
    void schedule_next();

    systemd::EventLoop& loop_;
    const Clock& clock_;
    SourceRule rule_;
    Emit emit_;
    Interner interner_;
    std::vector<std::string> selectors_;
    std::vector<SampleValue> values_;
    HttpGet get_;
    systemd::LoopSource timer_;
    Instant due_;              // when this interval began
    std::uint32_t tries_ = 0;  // within this interval
    bool failing_ = false;
};

}  // namespace primum::source
