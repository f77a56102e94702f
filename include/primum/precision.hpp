// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

// What PrecisionRecord's counts come to: the one place that says so.
namespace primum {

// justified / (justified + unjustified), 0 to 1; nothing while none has been judged.
inline std::optional<double> precision_share(std::uint32_t justified, std::uint32_t unjustified) {
    const double judged = static_cast<double>(justified) + static_cast<double>(unjustified);
    return judged > 0 ? std::optional{justified / judged} : std::nullopt;
}

// "80 %", rounded down, so that no share looks as if it reached a bound that it does not reach; or
// "-" while none has been judged.
inline std::string precision_percent(std::uint32_t justified, std::uint32_t unjustified) {
    const auto share = precision_share(justified, unjustified);
    return share ? std::to_string(static_cast<int>(std::floor(*share * 100 + 1e-9))) + " %" : "-";
}

// "precision 80 % (8 of 10 justified, 3 labelled by people, the others judged by comparison)", or
// "precision unknown (none of 2 judged)"; empty while it has never acted, nor would have.
inline std::string precision_text(const PrecisionRecord& record) {
    const std::uint32_t decided = record.would_act + record.acted;
    const std::uint32_t judged = record.justified + record.unjustified;
    if (decided == 0 && judged == 0) {
        return {};
    }
    if (judged == 0) {
        return "precision unknown (none of " + std::to_string(decided) + " judged)";
    }
    std::string who = "all judged by comparison";
    if (record.labelled >= judged) {
        who = "all labelled by people";
    } else if (record.labelled > 0) {
        who = std::to_string(record.labelled) +
              " labelled by people, the others judged by comparison";
    }
    return "precision " + precision_percent(record.justified, record.unjustified) + " (" +
           std::to_string(record.justified) + " of " + std::to_string(judged) + " justified, " +
           who + ")";
}

}  // namespace primum
