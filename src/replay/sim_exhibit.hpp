// SPDX-License-Identifier: MIT
#pragma once

#include "replay/sim_rng.hpp"

#include <primum/event.hpp>
#include <primum/rules.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace primum::replay {

// One series of a simulated source, which shows one indicator of one target, or of one candidate
// of a provider.
struct SimChannel {
    static constexpr std::uint32_t no_provider = UINT32_MAX;
    enum class Kind : std::uint8_t {
        level,     // shows by_severity as it is, with a little noise where a baseline is learnt
        counter,   // grows by by_severity at every collection
        changing,  // changes at every collection of a healthy target only
    };
    SeriesId id = 0;
    Kind kind = Kind::level;
    std::uint32_t target = 0;
    std::uint32_t indicator = 0;
    std::uint32_t provider = no_provider;  // else `target` is the place of the candidate
    bool is_rate_limit = false;
    double noise = 0;  // largest share of the value
    std::array<double, severity_count> by_severity{};
};

struct SimSource {
    SourceRule rule;
    std::vector<SimChannel> channels;
    std::vector<SeriesEvent> declarations;  // in the order of the channels
};

// How rules are shown an illness without the programs that would expose it: every indicator that
// reads series reads series of the simulator's own, whose values mean the severity wanted. Digests
// stay as they are; selectors are not simulated.
struct SimExhibit {
    std::shared_ptr<const RuleSet> rules;  // the given ones, with those series
    std::vector<SimSource> sources;        // as rules->sources
};

[[nodiscard]] SimExhibit make_exhibit(const RuleSet& rules);

// A value at which the thresholds of `rule` say `severity`, or the nearest below that they know.
[[nodiscard]] double value_at(const IndicatorRule& rule, Severity severity);

}  // namespace primum::replay
