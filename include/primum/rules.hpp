// SPDX-License-Identifier: MIT
#pragma once

#include <primum/remedy.hpp>
#include <primum/series.hpp>
#include <primum/source.hpp>
#include <primum/time.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A compiled rule set: what the core decides by, what the sources collect, what the actuator
// carries out. Immutable once made (src/rules makes it); shared by pointer.
namespace primum {

enum class ValueKind : std::uint8_t {
    gauge,
    rate,
    increase,
    ratio,
    quantile,
    age,
    unit_state,
    probe
};
template <>
inline constexpr std::array<std::string_view, 8> enum_names<ValueKind>{
    "gauge", "rate", "increase", "ratio", "quantile", "age", "unit_state", "probe"};

// How several matching series become one value. `worst`: the one furthest towards illness.
enum class Reduce : std::uint8_t { sum, max, min, worst };
template <>
inline constexpr std::array<std::string_view, 4> enum_names<Reduce>{"sum", "max", "min", "worst"};

// A learnt normal (src/core/baseline.hpp says how it is learnt).
enum class Season : std::uint8_t { none, hour_of_day };
template <>
inline constexpr std::array<std::string_view, 2> enum_names<Season>{"none", "hour_of_day"};

struct BaselineRule {
    std::uint32_t min_samples = 500;          // fewer than these judge nothing
    Duration forget{std::chrono::hours{24}};  // the time after which half of it is forgotten
    Season seasonal = Season::none;
    bool operator==(const BaselineRule&) const = default;
};

// Where a severity begins. At least one of above/below, or of above_baseline/below_baseline, is
// set. A value exactly at the threshold has not crossed it. clear_* default to the threshold
// itself. above_baseline counts robust deviations (1.4826 MAD) from the learnt median; both it and
// `by_at_least` must be exceeded.
struct Threshold {
    std::optional<double> above;
    std::optional<double> below;
    std::optional<double> above_baseline;
    std::optional<double> below_baseline;
    double by_at_least = 0;  // absolute distance from the baseline, in the value's own unit
    std::optional<double> clear_below;  // with `above`: cleared only when under this
    std::optional<double> clear_above;  // with `below`: cleared only when over this
};

// "k of n" evaluations, or (duration > 0) continuously for that long.
struct Persistence {
    std::uint32_t k = 1;
    std::uint32_t n = 1;
    Duration duration{0};
};

struct IndicatorRule {
    std::string name;
    std::uint32_t source = 0;  // index into RuleSet::sources; unused by unit_state
    ValueKind kind = ValueKind::gauge;
    std::vector<std::string> selectors;                          // as written, for people
    std::vector<std::shared_ptr<const SeriesMatcher>> matchers;  // ratio: [numerator, denominator]
    Duration over{0};             // window of rate, increase, ratio, quantile
    std::uint32_t min_count = 1;  // ratio, quantile: fewer events than this are `unknown`
    double quantile = 0;          // of `quantile`
    std::optional<BaselineRule> baseline;
    Reduce reduce = Reduce::worst;
    std::array<std::optional<Threshold>, severity_count> thresholds;  // by Severity
    Persistence trip{3, 5, Duration{0}};
    Persistence clear{5, 5, Duration{0}};
    Duration stale_after{0};  // without an evaluation for so long it is `unknown`
};

struct Cooldown {
    Duration initial{std::chrono::minutes{5}};
    double factor = 2;
    Duration max{std::chrono::hours{1}};
};

struct RungRule {
    bool named = false;  // the rules name this rung; otherwise it is spent at once
    Severity when = Severity::error;
    std::uint32_t indicators = 1;
    Duration dwell{std::chrono::seconds{30}};  // `for`
    std::vector<RemedyRule> remedies;
    std::uint32_t attempts = 0;  // 0 only where there is no remedy
    Duration settle{std::chrono::seconds{10}};
    Duration verify{std::chrono::minutes{2}};
    Cooldown cooldown;
    std::uint32_t max_blast_radius = 0;
    Duration max_plan_age{std::chrono::seconds{30}};
    Duration max_wait{std::chrono::hours{1}};
};

// At most `actions` intents within `per`. An intent without an outcome counts.
struct Budget {
    std::uint32_t actions = 0;
    Duration per{0};
};

// What a promotion to a level stands on.
struct Promotion {
    std::string digest;  // that level's TargetRule::level_digests when it was promoted
    WallTime until;      // it stood on a waiver, and ends then; zero: it has no end
    bool operator==(const Promotion&) const = default;
};

// A counter that says what users paid, such as failed requests: for audits, never for decisions.
struct CostRule {
    std::uint32_t source = 0;  // index into RuleSet::sources
    std::string selector;      // as written
    std::shared_ptr<const SeriesMatcher> matcher;
};

struct TargetRule {
    std::string name;
    std::string use;   // the library's template it was made from, or empty
    std::string unit;  // systemd unit; may be empty when no indicator or remedy needs one
    Mode mode = Mode::dry_run;
    Level enforce_up_to = Level::retry;  // no more than what was promoted, where that is asked for
    double enforce_share = 1;            // the share of all hosts on which it may act, 0 to 1
    bool in_share = true;                // this host is one of them
    // Why it enforces less than `mode` and `enforce_up_to` ask for as written, or empty.
    std::string held_back;
    std::array<std::optional<Promotion>, level_count> promoted;  // by Level; ends with those below
    std::vector<std::string> depends_on;
    Duration warm_up{std::chrono::minutes{2}};
    Duration soak{std::chrono::minutes{5}};
    Duration relapse{std::chrono::minutes{30}};
    std::optional<Budget> budget;
    std::vector<IndicatorRule> indicators;
    std::array<RungRule, level_count> rungs;  // by Level; [steady] is unused
    std::optional<CostRule> cost;
    // By Level: SHA-256 (hex) of all that decides when and how this rung acts, whatever is
    // enforced.
    std::array<std::string, level_count> level_digests;
    std::string digest;  // SHA-256 (hex) of this target's meaning; equal means unchanged

    // Whether an action at `level` is really carried out now, under the daemon's ceiling.
    [[nodiscard]] bool enforces(Level level, Mode ceiling, WallTime now) const {
        const auto& promotion = promoted[index_of(level)];
        const bool ended = promotion && promotion->until != WallTime{} && promotion->until <= now;
        return ceiling == Mode::enforce && mode == Mode::enforce && level <= enforce_up_to &&
               in_share && !ended;
    }
};

// Where a provider is pointed at: a symbolic link, a whole file, or one key of a file.
enum class PointerForm : std::uint8_t { symlink, file, env, toml, json };
template <>
inline constexpr std::array<std::string_view, 5> enum_names<PointerForm>{
    "symlink", "file", "env", "toml", "json"};

struct Pointer {
    PointerForm form = PointerForm::symlink;
    std::string path;  // absolute
    std::string key;   // of env, toml ("table.key") and json ("table.key"); else empty
    bool operator==(const Pointer&) const = default;
};

// One that can be pointed at. Its state is that of `indicator` (none: always unknown): ok and info
// are healthy, warning is degraded, error and critical are dead; `rate_limit` at error or above is
// rate_limited, whatever the indicator says.
struct CandidateRule {
    std::string name;
    std::string points_to;  // the link's target, the file to copy, or the key's value
    std::optional<IndicatorRule> indicator;
    std::optional<IndicatorRule> rate_limit;
};

struct ProviderRule {
    std::string name;
    Pointer pointer;
    std::vector<CandidateRule> candidates;  // in the order in which they are preferred
    // How long a preferred candidate must have been healthy; nothing: failback is by hand.
    std::optional<Duration> failback_after{std::chrono::minutes{30}};
    std::string digest;  // SHA-256 (hex) of its meaning; equal means unchanged
};

// What trips the breaker of a target; the host's trips at twice these numbers.
struct BreakerRule {
    std::uint32_t window = 10;    // verified actions looked at, of the last 24 h
    std::uint32_t worse = 2;      // so many `worse` among them
    std::uint32_t no_effect = 6;  // so many without effect: `unchanged`, or relapsed
    bool operator==(const BreakerRule&) const = default;
};

// How grave an open incident is, and how soon a person should have acknowledged it.
//
// SEV-1: exhausted, a tripped breaker, a failed rollback, or fallback reached; or open for
// `sev1_after`. SEV-2: failover or restart reached, or open for `sev2_after`. Else SEV-3. An
// incident in which nothing is enforced (dry-run, observe) rises by its age only. An
// acknowledgement that is overdue pages again, each time after twice the wait before, at most
// `max_overdue` times.
struct ResponseRule {
    Duration sev2_after{std::chrono::minutes{30}};
    Duration sev1_after{std::chrono::hours{2}};
    std::array<Duration, 3> respond{
        std::chrono::minutes{15}, std::chrono::hours{1}, std::chrono::hours{8}};  // by Sev
    std::uint32_t max_overdue = 4;
    bool operator==(const ResponseRule&) const = default;
};

// The part of the daemon's settings that decisions depend on.
struct DecisionSettings {
    Mode mode = Mode::dry_run;  // the ceiling for every target
    std::uint32_t in_flight = 1;
    Budget host{6, std::chrono::hours{1}};
    std::array<std::optional<Budget>, level_count> per_level;
    Duration max_hold{std::chrono::hours{24}};
    BreakerRule breaker;
    ResponseRule response;
    // This host for `enforce_share`: hex digits made of its machine-id; empty: not known.
    std::string machine;
};

struct RuleSet {
    std::string digest;  // SHA-256 (hex) of the whole: a reload of the same digest is no reload
    DecisionSettings settings;
    std::vector<SourceRule> sources;      // sorted by name
    std::vector<ProviderRule> providers;  // sorted by name
    std::vector<TargetRule> targets;      // sorted by name
};

}  // namespace primum
