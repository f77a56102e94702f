// SPDX-License-Identifier: MIT
#pragma once

#include "core/baseline.hpp"
#include "core/indicator_value.hpp"
#include "core/judgement.hpp"
#include "core/recovering.hpp"
#include "core/severity_filter.hpp"

#include <primum/record.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace primum::core {

// One indicator of one target: its evidence and its confirmed severity.
//
// A series indicator is fed by collections: begin_collection, feed..., evaluate. A unit indicator
// is fed by judge_unit on every change and by settle_unit when its `for` is over.
class IndicatorState {
public:
    // `phase`, up to an hour, spreads what is due hourly over the indicators of a host.
    IndicatorState(const IndicatorRule& rule, std::size_t max_samples, Duration phase = {});

    // Starts listening to a series. The slot number is what feed() takes; nothing when the series
    // cannot be part of the value.
    std::optional<std::size_t> bind(std::size_t role, const SeriesName& series) {
        return values_.bind(role, series);
    }
    // Its series is no more; the slot's number is given to another one.
    void unbind(std::size_t slot) { values_.unbind(slot); }
    void begin_collection() { values_.begin_collection(); }
    void feed_all(Instant t, std::span<const Feed> feeds, std::span<const SampleValue> values) {
        values_.feed_all(t, feeds, values);
    }
    void feed(std::size_t slot, Instant t, double value) { values_.feed(slot, t, value); }
    // Judges what the collection brought. Nothing known changes nothing, until it is stale.
    //
    // `learns`: the target is well, so that this may be learnt as normal. What crosses any
    // threshold here is not learnt all the same: an illness is not to become the normal in the
    // evaluations that it takes to trip, and one that never trips would be learnt bit by bit.
    void evaluate(Stamp now, bool learns);

    // What systemd says now, with the words for it. `unknown` takes effect at once.
    void judge_unit(Instant now, Severity raw, std::string words, std::string why);
    // Confirms a unit's raw severity once it has lasted `for`. Gives when to ask again.
    std::optional<Instant> settle_unit(Instant now);

    // Becomes unknown when its last known evaluation is too old. Gives when to ask again.
    std::optional<Instant> expire(Instant now);
    void forget();

    // The confirmed severity, and the one that was told last: take_news() gives the latter when
    // they differ, once.
    [[nodiscard]] Severity severity() const { return severity_; }
    std::optional<Severity> take_news();

    // When it has to be looked at (expire, take_lesson), if no earlier look is under way already.
    std::optional<Instant> next_look(Instant now);
    // Both at once: what is due at `now`, and when the next look must be.
    std::optional<Instant> look(Instant now);
    // Something was learnt and is to be kept: at most hourly, and only after look().
    bool take_lesson(Instant now);

    [[nodiscard]] EvidenceItem evidence() const;
    [[nodiscard]] std::optional<Instant> last_known() const { return last_known_; }
    // Of the evaluated values; a unit's state has none.
    [[nodiscard]] const Trend& trend() const { return trend_; }
    [[nodiscard]] const IndicatorRule& rule() const { return *rule_; }
    // nullptr: it has none.
    [[nodiscard]] Baseline* baseline() { return baseline_.get(); }
    // "normal 0.12 ± 0.02 (500 samples)", or empty.
    [[nodiscard]] std::string baseline_text() const;
    // The same meaning in another compiled rule set.
    void rebind(const IndicatorRule& rule);

    static void members(auto& archive, auto& it) {
        archive(it.severity_,
                it.told_,
                it.look_at_,
                it.last_known_,
                it.read_at_,
                it.value_,
                it.values_,
                it.filter_,
                it.trend_,
                it.normal_,
                it.learnt_at_,
                it.keep_at_,
                it.keep_after_,
                it.raw_unit_,
                it.raw_unit_since_,
                it.unit_words_,
                it.unit_why_);
        if (it.baseline_) {
            archive(*it.baseline_);
        }
    }
    [[nodiscard]] std::size_t slot_count() const { return values_.slot_count(); }

private:
    void judge_reading(Stamp now, const Reading& reading, bool learns);
    void learn(Stamp now, double value);
    [[nodiscard]] std::string threshold_text() const;

    // What every collection touches stands together.
    const IndicatorRule* rule_;
    Severity severity_ = Severity::unknown;
    Severity told_ = Severity::unknown;
    ThresholdShape shape_;
    Instant look_at_ = Instant::min();  // none is needed before, for then one is under way
    std::optional<Instant> last_known_;
    std::optional<Instant> read_at_;  // of value_
    std::optional<double> value_;
    IndicatorValue values_;
    SeverityFilter filter_;
    Trend trend_;

    std::unique_ptr<Baseline> baseline_;
    std::optional<Normal> normal_;  // as of value_
    std::optional<Instant> learnt_at_;
    std::optional<Instant> keep_at_;  // something was learnt since it was last kept
    Duration keep_after_;

    Severity raw_unit_ = Severity::unknown;
    std::optional<Instant> raw_unit_since_;
    std::string unit_words_ = "not seen yet";
    std::string unit_why_;
};

}  // namespace primum::core
