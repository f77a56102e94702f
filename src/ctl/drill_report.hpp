// SPDX-License-Identifier: MIT
#pragma once

#include "ctl/text.hpp"

#include <primum/names.hpp>
#include <primum/vocabulary.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace primum::ctl {

// How far one thing about a remedy could be shown.
enum class Shown : std::uint8_t {
    proved,
    not_proved,  // only the real thing shows it, or something for it is not here
    failed,      // it was tried and is not so
};

}  // namespace primum::ctl

namespace primum {
template <>
inline constexpr std::array<std::string_view, 3> enum_names<ctl::Shown>{
    "proved", "not_proved", "failed"};
}  // namespace primum

namespace primum::ctl {

struct Proof {
    Shown shown = Shown::not_proved;
    std::string what;    // a few words
    std::string detail;  // for people
};

struct DrilledRemedy {
    Level level = Level::retry;
    std::string kind;
    std::vector<Proof> proofs;
};

struct DrillReport {
    std::string target;
    std::string unit;
    std::string rules;  // digest
    std::vector<DrilledRemedy> remedies;

    [[nodiscard]] std::size_t count(Shown shown) const;
};

[[nodiscard]] std::string drill_json(const DrillReport& report);
// A table a remedy, what the numbers are, and what comes next.
[[nodiscard]] std::string drill_text(const DrillReport& report, const Painter& painter);

}  // namespace primum::ctl
