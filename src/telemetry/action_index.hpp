// SPDX-License-Identifier: MIT
#pragma once

#include <primum/event.hpp>
#include <primum/record.hpp>
#include <primum/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace primum::telemetry {

// What a later transition of an action must be told with.
struct ActionFacts {
    std::string target;
    Level level = Level::retry;
    std::string kind;
    std::uint64_t incident = 0;
    bool dry_run = false;
};

// Remembers the latest actions by id; beyond `capacity` the oldest is forgotten.
class ActionIndex {
public:
    explicit ActionIndex(std::size_t capacity = 4096) : capacity_(capacity) {}

    void remember(const ActionRecord& action);
    void restore(const RestoredState& state);
    // nullptr: not known (any more).
    [[nodiscard]] const ActionFacts* find(const std::string& action) const;

private:
    std::size_t capacity_;
    std::unordered_map<std::string, ActionFacts> facts_;
    std::deque<std::string> order_;
};

}  // namespace primum::telemetry
