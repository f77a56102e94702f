// SPDX-License-Identifier: MIT
#pragma once

#include "core/action_book.hpp"

#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace primum::core {

// Only what happened within this time, and after the last reset, counts.
inline constexpr Duration breaker_memory = std::chrono::hours{24};
// The host's breaker looks at twice as many actions and trips at twice the numbers.
inline constexpr std::uint32_t host_factor = 2;
// Other targets that turn ill so soon after an action may be ill of it.
inline constexpr Duration illness_follows = std::chrono::minutes{5};
// New illness trips the host's breaker when at least so many other targets turn ill, and more than
// so many times what the rate of the last 24 h lets expect in that time.
inline constexpr std::uint32_t least_new_illness = 3;
inline constexpr double illness_factor = 3;
inline constexpr std::size_t max_illnesses = 4'096;

// Why a breaker trips: a stable code, and which actions, for people.
struct Trip {
    std::string reason;  // worse, no_effect, new_illness
    std::string detail;
};

// The breakers of the host ("") and of each target: what stops all remedies when they do harm.
// Latched: only a reset by a person ends it.
class BreakerBook {
public:
    // The breaker that covers the target, its own before the host's; null while neither is tripped.
    [[nodiscard]] const BreakerRecord* covering(std::string_view target) const;
    // Of exactly this scope; null when it is not tripped.
    [[nodiscard]] const BreakerRecord* tripped(std::string_view scope) const;
    [[nodiscard]] std::vector<BreakerRecord> all_tripped() const;

    void trip(BreakerRecord record);
    void reset(const BreakerRecord& record, Instant at);
    void restore(const BreakerRecord& record, Instant at);

    // A target turned ill.
    void note_illness(Instant at, const std::string& target);

    // Whether the actions of a scope trip its breaker: too many of its last verified ones did harm,
    // or had no lasting effect. Nothing when it is tripped already.
    [[nodiscard]] std::optional<Trip> judge_actions(Instant now,
                                                    const std::string& scope,
                                                    const BreakerRule& rule,
                                                    const ActionBook& actions) const;
    // Whether too many other targets turned ill shortly after one of our actions.
    [[nodiscard]] std::optional<Trip> judge_illness(Instant now, const ActionBook& actions) const;

    static void members(auto& archive, auto& it) { archive(it.breakers_, it.illnesses_); }

private:
    struct Illness {
        Instant at;
        std::string target;

        static void members(auto& archive, auto& it) { archive.whole(it, it.at, it.target); }
    };
    struct Breaker {
        BreakerRecord record;
        Instant reset_at = Instant::min();  // what was before does not count

        static void members(auto& archive, auto& it) { archive.whole(it, it.record, it.reset_at); }
    };

    [[nodiscard]] Instant counts_from(Instant now, const std::string& scope) const;
    [[nodiscard]] std::optional<Trip> judge_illness_after(const RememberedAction& action,
                                                          Instant now,
                                                          Instant from) const;

    std::map<std::string, Breaker, std::less<>> breakers_;
    std::deque<Illness> illnesses_;  // oldest first
};

}  // namespace primum::core
