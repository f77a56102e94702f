// SPDX-License-Identifier: MIT
#pragma once

#include <primum/names.hpp>
#include <primum/rules.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::rules {

enum class ChangeKind : std::uint8_t { added, removed, changed };

// What a change does to how much is done.
enum class Tendency : std::uint8_t { none, acts_more, acts_less };

}  // namespace primum::rules

namespace primum {

template <>
inline constexpr std::array<std::string_view, 3> enum_names<rules::ChangeKind>{
    "added", "removed", "changed"};
template <>
inline constexpr std::array<std::string_view, 3> enum_names<rules::Tendency>{
    "none", "acts_more", "acts_less"};

}  // namespace primum

namespace primum::rules {

// One difference in effect between two rule sets.
struct Change {
    ChangeKind kind = ChangeKind::changed;
    std::string key;     // dotted, from the top
    std::string before;  // as TOML; empty of what was added
    std::string after;   // as TOML; empty of what was removed
    Tendency tendency = Tendency::none;
    std::string meaning;  // for people; may be empty
    bool operator==(const Change&) const = default;
};

// All differences in what the rules come to, with defaults filled in: how they are written, in
// which order and which file makes none. Sources, providers and targets that only one has are one
// change each, as are indicators and levels. Where what decides a level's actions has changed, and
// with it the digest that a promotion names, there is a change with the level's key for that too.
[[nodiscard]] std::vector<Change> diff_rules(const RuleSet& before, const RuleSet& after);

}  // namespace primum::rules
