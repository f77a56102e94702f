// SPDX-License-Identifier: MIT
#pragma once

#include <primum/rules.hpp>

#include <cstdint>
#include <memory>

namespace primum::sim {

// A small rule set drawn from a seed, whose numbers are small so that much happens. Rule sets of
// one seed and different variants are alike in targets, indicators and sources, and differ in the
// numbers of their ladders.
[[nodiscard]] std::shared_ptr<const RuleSet> random_rules(std::uint64_t seed,
                                                          std::uint32_t variant = 0);

// Five targets as a careful person would write them: unit_state, a gauge and a ratio each, and
// the whole ladder from reload to config_fallback, enforced.
[[nodiscard]] std::shared_ptr<const RuleSet> careful_rules();

// One target whose only remedy is config_fallback: the watchdog of the post-mortem, under primum's
// rules.
[[nodiscard]] std::shared_ptr<const RuleSet> fallback_rules();

}  // namespace primum::sim
