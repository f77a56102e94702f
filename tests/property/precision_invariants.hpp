// SPDX-License-Identifier: MIT
#pragma once

#include "support/world.hpp"

#include <primum/record.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace primum::property {

// The counts of precision, reckoned a second time from the judgements and decisions alone.
class PrecisionInvariants {
public:
    // The breaches of one turn, in words. Turns that the engine rejected are not to be shown.
    [[nodiscard]] std::vector<std::string> see(const support::Turn& turn);

private:
    using Rung = std::pair<std::string, Level>;

    void see(const PrecisionRecord& record);
    void see(const JudgementRecord& record);
    void see_restore(const RestoredState& state);
    void recount(const Rung& rung);
    void breach(const Rung& rung, const std::string& what);

    std::map<Rung, PrecisionRecord> rows_;
    std::map<std::uint64_t, JudgementRecord> newest_;  // by the sequence of the action
    std::set<Rung> touched_;
    std::vector<std::string> breaches_;
};

}  // namespace primum::property
