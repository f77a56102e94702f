// SPDX-License-Identifier: MIT
#pragma once

#include "http/html.hpp"
#include "http/status_view.hpp"

#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::http {

// What a mark on the timeline says.
enum class MarkKind : std::uint8_t {
    acted,        // an action was begun
    would_act,    // a dry-run one
    improved,     // verified
    no_effect,    // verified: unchanged, inconclusive
    worse,        // verified
    rolled_back,  // its way back was taken
    trouble,      // exhausted, stalled, breaker tripped, rollback failed
    person,       // acknowledged, breaker reset
};

struct Mark {
    WallTime at;
    MarkKind kind = MarkKind::acted;
    Level level = Level::steady;
    std::string text;  // "restart acted: ..."
};

// How long a target stood at a level, or at a severity.
template <class T>
struct Stretch {
    WallTime from;
    WallTime to;
    T value{};
};

struct Lane {
    std::string target;
    bool open = false;  // it has not ended yet
    std::vector<Stretch<Level>> levels;
    std::vector<Stretch<Severity>> severities;
    std::vector<Mark> marks;
};

struct Timeline {
    WallTime from;
    WallTime to;
    std::vector<Lane> lanes;                  // open ones first, then the latest
    std::size_t more_lanes = 0;               // left out
    std::vector<const DecisionRecord*> rows;  // of all lanes, newest first, bounded
    std::size_t more_rows = 0;
};

inline constexpr std::size_t max_lanes = 16;
inline constexpr std::size_t max_marks = 100;  // of one lane, the newest
inline constexpr std::size_t max_rows = 200;

// What happened, as lanes; of one target only where `target` is not empty. `happened` must outlive
// what is given back.
[[nodiscard]] Timeline timeline_of(const Happenings& happened,
                                   WallTime from,
                                   WallTime to,
                                   std::string_view target = {});

// The drawing, its legend, and the same as a table.
void put_timeline(Html& html, const Timeline& timeline);

}  // namespace primum::http
