// SPDX-License-Identifier: MIT
#pragma once

#include "core/target_state.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace primum::core {

// An indicator of a target that listens to a source.
struct Listener {
    TargetState* target = nullptr;
    std::size_t indicator = 0;
    bool operator==(const Listener&) const = default;

    [[nodiscard]] IndicatorState& state() const { return target->indicators[indicator]; }
};

// One source: its series, who listens to them, and its own health.
class SourceState {
public:
    SourceState(Deadlines::Key number, SourceRule source) : key(number), rule(std::move(source)) {}

    // Lets an indicator listen: it is bound to every series of this source that it selects, those
    // known now and those declared later.
    void add_listener(Listener listener);
    void remove_listeners(const TargetState& target);
    [[nodiscard]] const std::vector<Listener>& listeners() const { return listeners_; }

    // Declares a series under an id, or gives a known one a new id. False at the bound.
    bool declare(const SeriesEvent& event, std::size_t bound);
    [[nodiscard]] std::size_t series_count() const { return series_.size(); }

    // A whole collection. Gives false if it names an id that was never declared; then nothing has
    // changed.
    bool collect(Instant now, const std::vector<SampleValue>& values);
    // One value outside a collection. Gives the indicators it touched; nothing for an unknown id.
    std::optional<std::vector<Listener>> sample(Instant now, SeriesId id, double value);

    Deadlines::Key key;
    SourceRule rule;
    bool ok = false;
    bool ever = false;
    std::string error_class;
    std::string error_detail;
    std::optional<Instant> last;  // successful collection
    std::optional<IncidentRecord> incident;
    std::optional<Instant> page_at;  // still failed then: a person is told, once

private:
    struct Binding {
        Listener listener;
        std::size_t slot;
    };
    struct Series {
        std::string name;
        SeriesName parsed;
        std::vector<Binding> bindings;
    };

    static void bind(Series& series, Listener listener);

    std::vector<Series> series_;
    std::map<std::string, std::size_t> by_name_;
    std::unordered_map<SeriesId, std::size_t> by_id_;
    std::vector<Listener> listeners_;
};

}  // namespace primum::core
