// SPDX-License-Identifier: MIT
#pragma once

#include <primum/clock.hpp>
#include <primum/effect.hpp>
#include <primum/record.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace primum::notice {

using std::chrono::minutes;
using std::chrono::seconds;

// 2026-01-01T00:00:00Z, and an hour after the boot.
inline Stamp start_of_test() {
    return {instant_from_us(3'600'000'000), wall_from_us(1'767'225'600'000'000)};
}

inline IncidentRecord incident(std::uint64_t id, std::string target = "gateway") {
    IncidentRecord record;
    record.id = id;
    record.target = std::move(target);
    record.opened = start_of_test();
    record.updated = start_of_test();
    record.reason = "error on 1 indicator";
    return record;
}

inline IncidentRecord closed(IncidentRecord record) {
    record.open = false;
    record.reason = "recovered";
    record.closed = start_of_test();
    return record;
}

inline IncidentRecord paged(IncidentRecord record, PageKind kind) {
    record.paged |= 1U << static_cast<unsigned>(kind);
    if (kind == PageKind::exhausted) {
        record.phase = Phase::exhausted;
    }
    return record;
}

inline Notify page(std::uint64_t id,
                   PageKind kind = PageKind::exhausted,
                   std::string text = "nothing is left to try") {
    return {kind, id, "gateway", Level::fallback, "ladder_spent", std::move(text)};
}

inline BreakerRecord breaker(bool tripped, std::string target = {}) {
    BreakerRecord record;
    record.target = std::move(target);
    record.tripped = tripped;
    record.reason = "worse";
    record.detail = "2 of 2 actions made it worse";
    return record;
}

inline RestoredState state_of(IncidentRecord record) {
    RestoredState state;
    state.incidents.push_back({std::move(record), {}, {}, {}});
    return state;
}

}  // namespace primum::notice
