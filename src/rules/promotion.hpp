// SPDX-License-Identifier: MIT
#pragma once

#include "rules/section.hpp"

#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <optional>
#include <string>
#include <string_view>

// What a target may enforce: what was promoted, and the share of hosts on which it acts.
namespace primum::rules {

// Reads `promoted` and `enforce_share` of a target's table.
void read_promotions(TargetRule& target, Section& section);

// Whether the table is what a promotion has left of a target that the rules no longer have: a
// `promoted`, beside it at most `mode` and `enforce_up_to`.
[[nodiscard]] bool is_left_over(const Node& target);

// Lowers `mode` and `enforce_up_to` from what is written to what was promoted: where any level was,
// or with `required`, up to the highest level such that every rung with remedies up to it was
// promoted, with the digest it has now; `held_back` says why. Lets no promotion outlive one below
// it. `level_digests` are there already.
void settle_promotions(TargetRule& target, bool required);

// Fills in `in_share`, and says so in `held_back`.
void settle_share(TargetRule& target, std::string_view machine);

// Whether a host is among the first `share` (0 to 1) of all: its place is the first eight bytes of
// the SHA-256 of `machine`, as a fraction of 2^64. The same hosts for every target, and all of them
// again with a larger share. A host that is not known is only among all.
[[nodiscard]] bool is_in_share(std::string_view machine, double share);

// "10%": 0 to 100, as a fraction of 1.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);
// The same back: 0.1 is "10%".
[[nodiscard]] std::string format_share(double share);

// "2026-12-31T00:00:00Z", in UTC and to the second.
[[nodiscard]] std::optional<WallTime> parse_utc(std::string_view text);
[[nodiscard]] std::string format_utc(WallTime time);

}  // namespace primum::rules
