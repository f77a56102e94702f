// SPDX-License-Identifier: MIT
#pragma once

#include "source/interner.hpp"

#include <primum/clock.hpp>
#include <primum/event.hpp>
#include <primum/rules.hpp>
#include <primum/source.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::source {

// Where a source's news goes. Must not call back into the source or its collector.
using Emit = std::function<void(EventBody)>;

// One number of a collection that is not read from a page: `name{label="value"}` and its value.
struct Measured {
    std::string series;
    double value = 0;
};

// What every kind of source has: its rule, the series that somebody wants of it, its figures, and
// the two ways in which a collection ends. The kinds add how they collect.
class Source {
public:
    Source(const Clock& clock, SourceRule rule, SeriesId first_id, Emit emit);
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    // Changes what is wanted; takes effect with the next collection.
    void want(Wanted wanted);

    [[nodiscard]] const SourceRule& rule() const { return rule_; }
    [[nodiscard]] const Interner& interner() const { return interner_; }
    [[nodiscard]] const std::vector<std::string>& selectors() const { return selectors_; }
    [[nodiscard]] SourceStats stats() const;

protected:
    [[nodiscard]] Interner& names() { return interner_; }
    [[nodiscard]] SourceStats& figures() { return stats_; }
    [[nodiscard]] bool failing() const { return failing_; }
    [[nodiscard]] Instant now() const { return clock_.now().t; }

    // A whole collection: SourceEvent{ok} after a failure, a SeriesEvent for each series seen for
    // the first time, then the SamplesEvent. What nobody wants is left out.
    void succeed(const std::vector<SampleValue>& values);
    // The same from names. False, and fail() is called, when a name is no series' name or there
    // are more of them than the rule allows.
    bool succeed_with(const std::vector<Measured>& measured);
    // A few values between collections, as SampleEvents. Series that cannot be taken are refused
    // and counted. Gives how many were taken.
    std::size_t add(const std::vector<Measured>& measured);
    // The collection failed: never evidence on a target.
    void fail(SourceFailure failure, std::string detail);

private:
    void recovered();
    void announce();

    const Clock& clock_;
    SourceRule rule_;
    Emit emit_;
    Interner interner_;
    std::vector<std::string> selectors_;
    SourceStats stats_;
    std::vector<SampleValue> values_;
    std::optional<Instant> page_since_;  // of add()
    bool failing_ = false;
};

}  // namespace primum::source
