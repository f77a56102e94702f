// SPDX-License-Identifier: MIT
#include "core/response.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace primum::core {

Sev sev_of(const ResponseRule& rule, const Gravity& gravity, Duration age) {
    const bool first = gravity.for_real && (gravity.out_of_hand || gravity.peak >= Level::fallback);
    const bool second = gravity.for_real && gravity.peak >= Level::failover;
    if (first || age >= rule.sev1_after) {
        return Sev::sev1;
    }
    return second || age >= rule.sev2_after ? Sev::sev2 : Sev::sev3;
}

Instant next_overdue(Instant since, Duration respond, Instant after) {
    Duration wait = std::max(respond, Duration{1});
    Instant due = since + wait;
    while (due <= after) {
        wait *= 2;
        due += wait;
    }
    return due;
}

ResponseLook look_at_response(const ResponseRule& rule,
                              const Gravity& gravity,
                              bool tells,
                              Stamp now,
                              IncidentRecord& incident,
                              ResponseClock& clock) {
    ResponseLook look;
    const auto look_at = [&](Instant at) {
        if (at > now.t) {
            look.again = std::min(look.again.value_or(at), at);
        }
    };
    const Sev sev = sev_of(rule, gravity, now.t - clock.opened);
    if (sev < incident.sev) {
        incident.sev = sev;
        incident.sev_since = now;
    }
    if (incident.sev > Sev::sev2) {
        look_at(clock.opened + rule.sev2_after);
    }
    if (incident.sev > Sev::sev1) {
        look_at(clock.opened + rule.sev1_after);
    }
    if (tells && incident.acknowledged == Stamp{} && incident.overdue < rule.max_overdue) {
        const Instant since = incident.sev_since == Stamp{} ? clock.opened : incident.sev_since.t;
        const Duration respond = rule.respond.at(static_cast<std::size_t>(incident.sev));
        if (next_overdue(since, respond, clock.looked) <= now.t) {
            look.is_overdue = true;
            ++incident.overdue;
        }
        if (incident.overdue < rule.max_overdue) {
            look_at(next_overdue(since, respond, now.t));
        }
    }
    clock.looked = now.t;
    return look;
}

std::string overdue_text(const IncidentRecord& incident, Duration age) {
    return std::string{name_of(incident.sev)} + ", open for " + duration_text(age) +
           " and acknowledged by nobody: primumctl ack " + std::to_string(incident.id) +
           " --reason \"...\"";
}

}  // namespace primum::core
