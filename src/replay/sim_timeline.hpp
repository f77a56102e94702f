// SPDX-License-Identifier: MIT
#pragma once

#include <primum/names.hpp>
#include <primum/rules.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::replay {

// What can be done to a simulated world. `who` is a target, unless said otherwise. What lasts ends
// by itself after `length`.
enum class DeedKind : std::uint8_t {
    falls_ill,      // a: severity, b: levels whose remedies cure it (a bit each); passes after
                    // `length`, if there is one
    unit_fails,     // a: tries that systemd's Restart= has left, b and length: the same
    leaks,          // gets worse step by step over `length`; b: levels that cure it
    recovers,       // by itself
    lies,           // its evidence shows severity a, whatever is true; b: 0, or 1 + the one source
                    // that does so
    remedy,         // a: level, b: SimEffect of its remedies from now on
    source_fails,   // who: source
    source_silent,  // who: source; nothing is heard of it
    source_nan,     // who: source; answers with what is no number
    preflight,      // a: SimAnswer to every question
    course,         // a: SimCourse of every action
    way_back,       // a: SimBack of every rollback
    ledger,         // a: SimDisk
    person,         // a: SimHand: somebody's systemctl, once
    tool,           // something else restarts the unit, every b microseconds
    command,        // a: OperatorVerb, b: 1 for all targets; length: of a hold or disable
    off_switch,
    wall_jump,  // a: microseconds, forwards or back
    suspend,    // the host sleeps for `length`
    busy,       // boot, shutdown or the package manager is at work
    reload,     // a: which of the rule sets
    crash,      // a: after so many further steps, b: SimCrash; runs again after `length`
    candidate,  // who: provider, a: candidate, b: CandidateState, which it really is
    points,     // who: provider, a: candidate that somebody points it at, or more than there are
    mark,       // who: provider, a: candidate, b: CandidateState that a person says it is
};

enum class SimEffect : std::uint8_t { helps, nothing, harms };

enum class SimAnswer : std::uint8_t { can, not_now, cannot, silent, wide };

enum class SimCourse : std::uint8_t { done, failed, refused, ambiguous, silent, mute };

enum class SimBack : std::uint8_t { rolled_back, failed, silent };

enum class SimDisk : std::uint8_t { writes, refuses, hangs, unhealthy };

enum class SimHand : std::uint8_t { stop, start, restart, reload, reset_failed };

// What a crash takes with it: nothing but what the ledger had not written; also what the last step
// had recorded, and its effects; or the host as a whole, which boots anew.
enum class SimCrash : std::uint8_t { after_the_effects, before_the_effects, of_the_host };

}  // namespace primum::replay

namespace primum {

template <>
inline constexpr std::array<std::string_view, 25> enum_names<replay::DeedKind>{
    "falls_ill",     "unit_fails", "leaks",      "recovers",  "lies",     "remedy", "source_fails",
    "source_silent", "source_nan", "preflight",  "course",    "way_back", "ledger", "person",
    "tool",          "command",    "off_switch", "wall_jump", "suspend",  "busy",   "reload",
    "crash",         "candidate",  "points",     "mark"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<replay::SimEffect>{
    "helps", "nothing", "harms"};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<replay::SimAnswer>{
    "can", "not_now", "cannot", "silent", "wide"};
template <>
inline constexpr std::array<std::string_view, 6> enum_names<replay::SimCourse>{
    "done", "failed", "refused", "ambiguous", "silent", "mute"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<replay::SimBack>{
    "rolled_back", "failed", "silent"};
template <>
inline constexpr std::array<std::string_view, 4> enum_names<replay::SimDisk>{
    "writes", "refuses", "hangs", "unhealthy"};
template <>
inline constexpr std::array<std::string_view, 5> enum_names<replay::SimHand>{
    "stop", "start", "restart", "reload", "reset_failed"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<replay::SimCrash>{
    "after_the_effects", "before_the_effects", "of_the_host"};

}  // namespace primum

namespace primum::replay {

struct Deed {
    Duration at{0};
    DeedKind kind = DeedKind::recovers;
    std::uint32_t who = 0;
    std::int64_t a = 0;
    std::int64_t b = 0;
    Duration length{0};
    bool operator==(const Deed&) const = default;
};

// What happens to a world. Until `calm` anything may; from then on no fault begins or lasts, though
// who is ill may stay so, and nothing that was broken stays broken but the targets themselves. By
// `end` the dust must have settled.
struct Timeline {
    std::vector<Deed> deeds;
    Duration calm{0};
    Duration end{0};
};

// One line for people: "12m 5s  falls_ill gateway critical, cured by restart".
[[nodiscard]] std::string deed_text(const Deed& deed, const RuleSet& rules);

// The bit of a level in a set of them.
[[nodiscard]] constexpr std::int64_t bit_of(Level level) {
    return std::int64_t{1} << index_of(level);
}

}  // namespace primum::replay
