// SPDX-License-Identifier: MIT
#pragma once

#include "core/sample_window.hpp"
#include "core/severity_filter.hpp"

#include <primum/record.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace primum::core {

// Which part of the value a series is: of a ratio the numerator or the denominator, else `value`.
enum class SeriesRole : std::uint8_t { value = 0, numerator = 0, denominator = 1 };

// One indicator of one target: its evidence and its confirmed severity.
//
// A series indicator is fed by collections: begin_collection, feed..., evaluate. A unit indicator
// is fed by judge_unit on every change and by settle_unit when its `for` is over.
class IndicatorState {
public:
    IndicatorState(const IndicatorRule& rule, std::size_t max_samples);

    // Starts listening to a series. The slot number is what feed() takes.
    std::size_t bind(std::size_t role);
    void begin_collection();
    void feed(std::size_t slot, Instant t, double value);
    // Judges what the collection brought. Nothing known changes nothing, until it is stale.
    void evaluate(Instant now);

    // What systemd says now, with the words for it. `unknown` takes effect at once.
    void judge_unit(Instant now, Severity raw, std::string words, std::string why);
    // Confirms a unit's raw severity once it has lasted `for`. Gives when to ask again.
    std::optional<Instant> settle_unit(Instant now);

    // Becomes unknown when its last known evaluation is too old. Gives when to ask again.
    std::optional<Instant> expire(Instant now);
    void forget();

    [[nodiscard]] Severity severity() const { return severity_; }
    [[nodiscard]] EvidenceItem evidence() const;
    [[nodiscard]] std::optional<Instant> last_known() const { return last_known_; }
    [[nodiscard]] const IndicatorRule& rule() const { return *rule_; }
    // The same meaning in another compiled rule set.
    void rebind(const IndicatorRule& rule) { rule_ = &rule; }

private:
    struct Slot {
        std::size_t role = 0;
        bool present = false;
        double value = 0;
        SampleWindow window;
    };

    struct Evaluation {
        double value = 0;
        RawSeverity raw;
    };

    [[nodiscard]] std::optional<Evaluation> evaluate_gauge() const;
    [[nodiscard]] std::optional<Evaluation> evaluate_rate(Instant now) const;
    [[nodiscard]] std::optional<Evaluation> evaluate_ratio(Instant now) const;
    [[nodiscard]] std::optional<double> summed_increase(std::size_t role, Instant now) const;
    [[nodiscard]] std::optional<Evaluation> reduced(const std::vector<double>& values) const;
    [[nodiscard]] std::string threshold_text() const;

    const IndicatorRule* rule_;
    std::size_t max_samples_;
    std::vector<Slot> slots_;
    SeverityFilter filter_;
    Severity severity_ = Severity::unknown;
    std::optional<Instant> last_known_;
    std::optional<double> value_;

    Severity raw_unit_ = Severity::unknown;
    std::optional<Instant> raw_unit_since_;
    std::string unit_words_ = "not seen yet";
    std::string unit_why_;
};

}  // namespace primum::core
