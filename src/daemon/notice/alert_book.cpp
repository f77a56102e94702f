// SPDX-License-Identifier: MIT
#include "daemon/notice/alert_book.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace primum::notice {
namespace {

// A page about an incident that is closed already: nothing in the ledger will end it.
constexpr Duration lone_page_fires = std::chrono::hours{1};

constexpr std::array page_alerts{NoticeKind::exhausted,
                                 NoticeKind::stalled,
                                 NoticeKind::ambiguous,
                                 NoticeKind::rollback_failed,
                                 NoticeKind::awaiting_data,
                                 NoticeKind::source_failed,
                                 NoticeKind::demoted,
                                 NoticeKind::overdue};

std::string key_for(NoticeKind kind, std::uint64_t incident) {
    Alert alert;
    alert.kind = kind;
    alert.incident = incident;
    return key_of(alert);
}

// Whether what the page of that kind has said is so, as the incident stands.
bool is_so(NoticeKind kind, const IncidentRecord& incident) {
    const bool paged = (incident.paged & (1U << static_cast<unsigned>(kind))) != 0;
    switch (kind) {
        case NoticeKind::exhausted:
            return paged && incident.phase == Phase::exhausted;
        case NoticeKind::awaiting_data:
            return paged && incident.phase == Phase::awaiting_data;
        case NoticeKind::overdue:
            return (paged || incident.overdue > 0) && incident.acknowledged == Stamp{};
        default:
            return paged;
    }
}

// What a person at the other end would want to hear of at once.
bool tells_anew(const IncidentRecord& one, const IncidentRecord& other) {
    return one.level != other.level || one.sev != other.sev ||
           one.acknowledged != other.acknowledged;
}

}  // namespace

AlertBook::AlertBook(AlertTimes times, UnitOf unit_of)
    : times_(times), unit_of_(std::move(unit_of)) {}

void AlertBook::restore(const std::vector<Row>& rows, const RestoredState& state, Stamp now) {
    for (const auto& row : rows) {
        if (auto alert = alert_of(row)) {
            Standing standing;
            standing.due = now.t;
            standing.since = now.t;
            standing.news = !alert->told || alert->ends != WallTime{};
            standing.rushed = !alert->told && alert->ends != WallTime{};
            standing.alert = std::move(*alert);
            standing_.insert_or_assign(row.key, std::move(standing));
        }
    }
    std::set<std::string> tripped;
    for (const auto& restored : state.breakers) {
        if (restored.breaker.tripped) {
            tripped.insert(restored.breaker.target);
            take(restored.breaker, now);
        }
    }
    for (const auto& restored : state.incidents) {
        if (restored.incident.open) {
            take(restored.incident, now);
        }
    }
    // The ledger knows better than what was kept.
    std::vector<std::string> over;
    for (const auto& [key, standing] : standing_) {
        const auto& alert = standing.alert;
        const bool stands = alert.kind == NoticeKind::heartbeat ||
                            (alert.kind == NoticeKind::breaker ? tripped.contains(alert.target)
                                                               : open_.contains(alert.incident));
        if (!stands) {
            over.push_back(key);
        }
    }
    for (const auto& key : over) {
        end(key, now);
    }
    Alert heartbeat;
    heartbeat.kind = NoticeKind::heartbeat;
    heartbeat.starts = now.wall;
    fire(std::move(heartbeat), now);
}

void AlertBook::observe(const Effect& effect, Stamp now) {
    if (const auto* page = std::get_if<Notify>(&effect)) {
        take(*page, now);
    } else if (const auto* made = std::get_if<RecordEffect>(&effect)) {
        if (const auto* incident = std::get_if<IncidentRecord>(&made->record)) {
            take(*incident, now);
        } else if (const auto* breaker = std::get_if<BreakerRecord>(&made->record)) {
            take(*breaker, now);
        }
    }
}

void AlertBook::take(const IncidentRecord& incident, Stamp now) {
    if (!incident.open) {
        open_.erase(incident.id);
        end(key_for(NoticeKind::incident, incident.id), now);
        end(key_for(NoticeKind::sev1, incident.id), now);
        for (const auto kind : page_alerts) {
            end(key_for(kind, incident.id), now);
        }
        return;
    }
    const auto before = open_.find(incident.id);
    const bool anew = before != open_.end() && tells_anew(before->second, incident);
    Alert alert;
    alert.incident = incident.id;
    alert.target = incident.target;
    alert.starts = before == open_.end() ? incident.opened.wall : now.wall;
    open_[incident.id] = incident;
    auto& standing = fire(alert, now);
    if (anew) {
        renew(standing, now.t);
    }
    alert.starts = now.wall;
    if (incident.sev == Sev::sev1) {
        alert.kind = NoticeKind::sev1;
        fire(alert, now);
    }
    for (const auto kind : page_alerts) {
        alert.kind = kind;
        if (is_so(kind, incident)) {
            fire(alert, now).ends_at.reset();
        } else {
            end(key_for(kind, incident.id), now);
        }
    }
}

void AlertBook::take(const BreakerRecord& breaker, Stamp now) {
    Alert alert;
    alert.kind = NoticeKind::breaker;
    alert.target = breaker.target;
    alert.text = breaker.detail.substr(0, max_text_bytes);
    alert.starts = now.wall;
    if (breaker.tripped) {
        fire(std::move(alert), now);
    } else {
        end(key_of(alert), now);
    }
}

void AlertBook::take(const Notify& page, Stamp now) {
    Alert alert;
    alert.kind = kind_of(page.kind);
    alert.incident = alert.kind == NoticeKind::breaker ? 0 : page.incident;
    alert.target = page.target;
    alert.starts = now.wall;
    auto text = page.text.substr(0, max_text_bytes);
    auto& standing = fire(std::move(alert), now);
    if (standing.alert.text != text) {
        standing.alert.text = std::move(text);
        touch(standing);
        renew(standing, now.t);
    }
    if (standing.alert.kind != NoticeKind::breaker && !open_.contains(page.incident)) {
        standing.ends_at = now.t + lone_page_fires;
        standing.due = std::min(standing.due, *standing.ends_at);
    }
}

// It stands, from now on or as before.
AlertBook::Standing& AlertBook::fire(Alert alert, Stamp now) {
    auto key = key_of(alert);
    auto found = standing_.find(key);
    if (found != standing_.end() && found->second.alert.ends == WallTime{}) {
        return found->second;
    }
    if (found == standing_.end()) {
        make_room();
        alert.unit = alert.target.empty() ? std::string{} : unit_of_(alert.target);
        found = standing_.try_emplace(std::move(key)).first;
        found->second.alert = std::move(alert);
    } else {
        // Again, under the same labels.
        auto& again = found->second;
        again.alert.starts = std::max(alert.starts, again.alert.ends);
        again.alert.ends = WallTime{};
        again.alert.told = false;
        again.rushed = false;
        again.quiet_at.reset();
        again.ends_at.reset();
    }
    auto& standing = found->second;
    standing.news = false;
    renew(standing, now.t);
    touch(standing);
    return standing;
}

void AlertBook::end(std::string_view key, Stamp now) {
    const auto found = standing_.find(key);
    if (found == standing_.end() || found->second.alert.ends != WallTime{}) {
        return;
    }
    auto& standing = found->second;
    standing.alert.ends = std::max(now.wall, standing.alert.starts);
    standing.rushed = !standing.alert.told;
    standing.ends_at.reset();
    renew(standing, now.t);
    touch(standing);
}

void AlertBook::renew(Standing& standing, Instant now) {
    standing.due = now;
    ++standing.revision;
    if (!std::exchange(standing.news, true)) {
        standing.since = now;
    }
}

void AlertBook::make_room() {
    if (standing_.size() < max_alerts) {
        return;
    }
    // What is over and told goes first, then the least grave, then the oldest.
    const auto rank = [](const Standings::value_type& entry) {
        const auto& standing = entry.second;
        const bool always = standing.alert.kind == NoticeKind::heartbeat;
        return std::tuple{always,
                          !standing.quiet_at.has_value(),
                          facts_of(standing.alert.kind).gravity,
                          standing.alert.starts};
    };
    const auto victim = std::min_element(
        standing_.begin(), standing_.end(), [&](const auto& one, const auto& other) {
            return rank(one) < rank(other);
        });
    if (!victim->second.quiet_at) {
        dropped_.push_back(victim->second.alert.kind);
    }
    changed_.insert(victim->first);
    standing_.erase(victim);
}

bool AlertBook::ending(const Standing& standing) const {
    return standing.alert.ends != WallTime{} && standing.alert.told && !standing.rushed;
}

std::vector<AlertBook::Sending> AlertBook::due(Instant now, std::size_t most) const {
    std::vector<const Standings::value_type*> found;
    const Instant soon = now + times_.interval / 4;
    for (const auto& entry : standing_) {
        // An end is never hastened: what ended untold fires for its whole interval.
        const bool early = entry.second.alert.ends == WallTime{} && !entry.second.ends_at;
        if (entry.second.due <= (early ? soon : now)) {
            found.push_back(&entry);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto* one, const auto* other) {
        const auto rank = [](const Standing& it) {
            return std::pair{!it.news, -static_cast<int>(facts_of(it.alert.kind).gravity)};
        };
        return rank(one->second) < rank(other->second);
    });
    found.resize(std::min(found.size(), most));
    std::vector<Sending> sendings;
    for (const auto* entry : found) {
        const auto& standing = entry->second;
        sendings.push_back(
            {entry->first, standing.alert, ending(standing), standing.news, standing.revision});
    }
    return sendings;
}

std::optional<Instant> AlertBook::next_due() const {
    std::optional<Instant> next;
    for (const auto& [key, standing] : standing_) {
        next = next ? std::min(*next, standing.due) : standing.due;
    }
    return next;
}

void AlertBook::accepted(const std::vector<Sending>& sent, Stamp now) {
    for (const auto& sending : sent) {
        const auto found = standing_.find(sending.key);
        if (found == standing_.end()) {
            continue;
        }
        auto& standing = found->second;
        const bool same_run = standing.alert.starts == sending.alert.starts;
        if (!sending.ending && same_run && !std::exchange(standing.alert.told, true)) {
            touch(standing);
        }
        if (standing.revision != sending.revision) {
            // It changed while it was sent. Where it ended meanwhile, that is told later.
            if (standing.rushed && standing.alert.told) {
                standing.rushed = false;
                standing.due = now.t + times_.interval;
            }
            continue;
        }
        standing.due = now.t + times_.interval;
        if (sending.ending) {
            standing.news = false;
            if (!standing.quiet_at) {
                standing.quiet_at = now.t + times_.resolve_after;
            } else if (now.t >= *standing.quiet_at) {
                changed_.insert(sending.key);
                standing_.erase(found);
            }
        } else if (standing.rushed) {
            standing.rushed = false;  // next comes its end
        } else {
            standing.news = false;
            if (standing.ends_at && now.t >= *standing.ends_at) {
                end(sending.key, now);
            } else if (standing.ends_at) {
                standing.due = std::min(standing.due, *standing.ends_at);
            }
        }
    }
}

const IncidentRecord* AlertBook::incident(std::uint64_t id) const {
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : &found->second;
}

std::size_t AlertBook::waiting() const {
    return static_cast<std::size_t>(std::count_if(
        standing_.begin(), standing_.end(), [](const auto& entry) { return entry.second.news; }));
}

std::optional<Instant> AlertBook::waiting_since() const {
    std::optional<Instant> oldest;
    for (const auto& [key, standing] : standing_) {
        if (standing.news) {
            oldest = oldest ? std::min(*oldest, standing.since) : standing.since;
        }
    }
    return oldest;
}

std::vector<Row> AlertBook::take_rows() {
    std::vector<Row> rows;
    for (const auto& key : std::exchange(changed_, {})) {
        const auto found = standing_.find(key);
        rows.push_back(found == standing_.end() ? Row{key, {}} : kept(found->second.alert));
    }
    return rows;
}

}  // namespace primum::notice
