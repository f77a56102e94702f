// SPDX-License-Identifier: MIT
#pragma once

#include <primum/engine.hpp>
#include <primum/record.hpp>
#include <primum/time.hpp>

#include <span>
#include <string>
#include <string_view>

// JSON of what people are shown, for D-Bus, CLI and HTTP.
//
// Every instant is an object {"t_us":T,"wall_us":W}; null where there is none. Views hold instants
// of CLOCK_MONOTONIC only: `wall_minus_t` is the wall clock's reading minus the monotonic one's, by
// which wall_us is found. Records carry their own wall time. Spans end in `_us`.
namespace primum::event {

[[nodiscard]] std::string to_json(const HostView& view, Duration wall_minus_t);
[[nodiscard]] std::string to_json(const TargetSummary& view);
[[nodiscard]] std::string to_json(const Explanation& view, Duration wall_minus_t);
[[nodiscard]] std::string to_json(const ProviderView& view, Duration wall_minus_t);

[[nodiscard]] std::string to_json(const IncidentRecord& record);
[[nodiscard]] std::string to_json(const DecisionRecord& record);
[[nodiscard]] std::string to_json(const ActionRecord& record);
[[nodiscard]] std::string to_json(const TransitionRecord& record);
[[nodiscard]] std::string to_json(const HoldRecord& record);
[[nodiscard]] std::string to_json(const OperatorRecord& record);
// With `share` (0 to 1, or null) and `text`, what the counts come to.
[[nodiscard]] std::string to_json(const PrecisionRecord& record);
// An incident or an action as the ledger knows it; stamps name their boot.
[[nodiscard]] std::string to_json(const RestoredIncident& row);
[[nodiscard]] std::string to_json(const RestoredAction& row);

// A JSON array of values that are JSON already.
[[nodiscard]] std::string json_array(std::span<const std::string> values);
// A JSON string.
[[nodiscard]] std::string json_string(std::string_view text);

template <class T>
[[nodiscard]] std::string to_json_list(const std::vector<T>& items) {
    std::vector<std::string> values;
    values.reserve(items.size());
    for (const T& item : items) {
        values.push_back(to_json(item));
    }
    return json_array(values);
}

template <class T>
[[nodiscard]] std::string to_json_list(const std::vector<T>& items, Duration wall_minus_t) {
    std::vector<std::string> values;
    values.reserve(items.size());
    for (const T& item : items) {
        values.push_back(to_json(item, wall_minus_t));
    }
    return json_array(values);
}

// One incident with its whole story: {"incident":{},"decisions":[],"actions":[],
// "transitions":[]}, each list in the order in which it happened.
struct IncidentStoryParts {
    const RestoredIncident& incident;
    std::span<const DecisionRecord> decisions;
    std::span<const RestoredAction> actions;
    std::span<const TransitionRecord> transitions;
};
[[nodiscard]] std::string to_json(const IncidentStoryParts& story);

}  // namespace primum::event
