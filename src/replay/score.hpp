// SPDX-License-Identifier: MIT
#pragma once

#include "replay/rehearsal.hpp"

#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace primum::replay {

// A time in which somebody says that something was wrong; both ends belong to it.
struct LabelledWindow {
    WallTime begin;
    WallTime end;
};

// How one rung of one target did against the labelled windows.
//
// A detection is an incident's entering the rung. The first one in a window sees it, further ones
// in it count for nothing; one outside of all windows is false. A window that the target was ill at
// that level before it began, and did not enter anew, is missed, and counted in `standing`.
struct LevelScore {
    std::string target;
    Level level = Level::observe;
    std::uint32_t seen = 0;        // windows
    std::uint32_t missed = 0;      // windows
    std::uint32_t standing = 0;    // of those missed: it stood at that level when they began
    std::uint32_t false_ones = 0;  // detections
    std::uint32_t acts = 0;        // decisions to act, dry-run or not, within windows
    std::uint32_t false_acts = 0;  // the same outside of all
    // From the window's begin to its first detection: the median, of an even number the lower one.
    std::optional<Duration> delay;
};

// Judges a rehearsal by labelled windows, one step after the other. Windows must not overlap.
class Score {
public:
    // `target` empty: all of them.
    Score(std::shared_ptr<const RuleSet> rules,
          std::vector<LabelledWindow> windows,
          const std::string& target);

    // An event of the recording, after its steps: how far the recording goes.
    void see(Stamp at);
    void see(const Rehearsal::Step& step);

    // By target and level: of the first rung, and of those that the rules name.
    [[nodiscard]] std::vector<LevelScore> levels() const;
    // Windows that lie wholly outside of the recording: they are neither seen nor missed.
    [[nodiscard]] std::uint32_t not_covered() const;

private:
    struct Rung {
        LevelScore score;
        std::map<std::size_t, Duration> first;  // by window: how late
        std::map<std::size_t, bool> standing;   // by window: when it began
    };
    using Key = std::pair<std::string, Level>;

    // The window that the instant lies in.
    [[nodiscard]] std::optional<std::size_t> window_at(WallTime at) const;
    [[nodiscard]] bool is_covered(const LabelledWindow& window) const;
    // Windows that have begun by then.
    void begin_windows(WallTime until);

    std::vector<LabelledWindow> windows_;  // in their order
    std::map<Key, Rung> rungs_;
    std::map<std::string, Level> levels_;  // where targets stand
    std::size_t begun_ = 0;                // windows
    std::optional<WallTime> first_;
    WallTime last_;
};

}  // namespace primum::replay
