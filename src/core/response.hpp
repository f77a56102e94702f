// SPDX-License-Identifier: MIT
#pragma once

#include <primum/record.hpp>
#include <primum/rules.hpp>
#include <primum/time.hpp>

#include <optional>
#include <string>

// How grave an open incident is, and whether a person should have acknowledged it by now. See
// ResponseRule, which has the thresholds.
namespace primum::core {

// The times of an open incident by this boot's clock.
struct ResponseClock {
    Instant opened;
    Instant looked;  // the last look: what was due by then has been told, or has lapsed

    static void members(auto& archive, auto& it) { archive.whole(it, it.opened, it.looked); }
};

// What counts beside its age.
struct Gravity {
    bool for_real = false;  // some of it is enforced, or something was done; else age alone counts
    bool out_of_hand = false;  // exhausted, under a tripped breaker, or a rollback failed
    Level peak = Level::steady;
};

[[nodiscard]] Sev sev_of(const ResponseRule& rule, const Gravity& gravity, Duration age);

// The first instant after `after` at which an acknowledgement that was due `respond` after `since`
// is told to be overdue: then, and after twice the wait before, and so on.
[[nodiscard]] Instant next_overdue(Instant since, Duration respond, Instant after);

struct ResponseLook {
    bool is_overdue = false;       // tell a person now
    std::optional<Instant> again;  // when to look again at the latest
};
// Brings the incident up to date. One look tells at most once, however much has become due since
// the last; where nobody is to be told, what becomes due lapses.
[[nodiscard]] ResponseLook look_at_response(const ResponseRule& rule,
                                            const Gravity& gravity,
                                            bool tells,
                                            Stamp now,
                                            IncidentRecord& incident,
                                            ResponseClock& clock);

[[nodiscard]] std::string overdue_text(const IncidentRecord& incident, Duration age);

}  // namespace primum::core
