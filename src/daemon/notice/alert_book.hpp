// SPDX-License-Identifier: MIT
#pragma once

#include "daemon/notice/notice.hpp"

#include <primum/effect.hpp>
#include <primum/record.hpp>
#include <primum/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace primum::notice {

struct AlertTimes {
    Duration interval{std::chrono::minutes{1}};
    // What fires is sent with its end so far ahead, and an end is repeated for so long.
    Duration resolve_after{std::chrono::minutes{5}};
};

inline constexpr std::size_t max_alerts = 4'096;

// Which alerts stand, and what Alertmanager knows of them. An alert follows from what the ledger
// holds: an incident fires from its opening to its end, a page about it while what it says is so, a
// breaker until it is reset, the heartbeat for ever. So nothing that fires can be lost: it is sent
// again and again, and a start finds all of it in the ledger.
//
// - What fires is due at once, and again every `interval`.
// - What ends is due at once, and again for `resolve_after`; then it is forgotten.
// - What ended before it could be told as firing is told as firing first, and ends an interval
//   later: nobody gets the end of what they never heard of, nor hears nothing of what has been.
// - Over max_alerts the oldest of the least grave is dropped and counted.
class AlertBook {
public:
    using UnitOf = std::function<std::string(const std::string& target)>;

    // One alert as it is to be sent now.
    struct Sending {
        std::string key;
        Alert alert;
        bool ending = false;
        bool news = false;  // not just a repetition
        std::uint64_t revision = 0;
    };

    AlertBook(AlertTimes times, UnitOf unit_of);

    // What an earlier run has left, and what the ledger says is so now. Once, first.
    void restore(const std::vector<Row>& rows, const RestoredState& state, Stamp now);
    void observe(const Effect& effect, Stamp now);

    // At most `most` that are due at `now`, the gravest first; with them those that would be soon.
    [[nodiscard]] std::vector<Sending> due(Instant now, std::size_t most) const;
    [[nodiscard]] std::optional<Instant> next_due() const;
    // They were accepted.
    void accepted(const std::vector<Sending>& sent, Stamp now);

    // The open incident of an alert, or nullptr.
    [[nodiscard]] const IncidentRecord* incident(std::uint64_t id) const;
    // How many have news that was not accepted, and since when the oldest of these.
    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::optional<Instant> waiting_since() const;
    // The kinds of those that were dropped since the last call.
    [[nodiscard]] std::vector<NoticeKind> take_dropped() { return std::exchange(dropped_, {}); }
    // What has changed of what is to be kept, since the last call.
    [[nodiscard]] std::vector<Row> take_rows();

private:
    struct Standing {
        Alert alert;
        Instant due;
        Instant since;  // of the news
        bool news = true;
        std::uint64_t revision = 1;
        bool rushed = false;              // it ended before it was told
        std::optional<Instant> ends_at;   // by itself: a page about a closed incident
        std::optional<Instant> quiet_at;  // its end was accepted; repeated until then
    };
    using Standings = std::map<std::string, Standing, std::less<>>;

    void take(const IncidentRecord& incident, Stamp now);
    void take(const BreakerRecord& breaker, Stamp now);
    void take(const Notify& page, Stamp now);
    Standing& fire(Alert alert, Stamp now);
    void end(std::string_view key, Stamp now);
    void renew(Standing& standing, Instant now);
    void touch(const Standing& standing) { changed_.insert(key_of(standing.alert)); }
    void make_room();
    [[nodiscard]] bool ending(const Standing& standing) const;

    AlertTimes times_;
    UnitOf unit_of_;
    Standings standing_;
    std::map<std::uint64_t, IncidentRecord> open_;
    std::set<std::string> changed_;
    std::vector<NoticeKind> dropped_;
};

}  // namespace primum::notice
