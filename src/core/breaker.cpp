// SPDX-License-Identifier: MIT
#include "core/breaker.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace primum::core {
namespace {

std::string joined(const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) {
        text += (text.empty() ? "" : ", ") + id;
    }
    return text;
}

std::optional<Trip> too_many(const std::vector<std::string>& ids,
                             std::uint32_t most,
                             std::size_t looked_at,
                             std::string_view code,
                             std::string_view words) {
    if (ids.size() < most) {
        return std::nullopt;
    }
    return Trip{std::string{code},
                std::to_string(ids.size()) + " of the last " + std::to_string(looked_at) + ' ' +
                    std::string{words} + ": " + joined(ids)};
}

}  // namespace

const BreakerRecord* BreakerBook::tripped(std::string_view scope) const {
    const auto found = breakers_.find(scope);
    return found != breakers_.end() && found->second.record.tripped ? &found->second.record
                                                                    : nullptr;
}

const BreakerRecord* BreakerBook::covering(std::string_view target) const {
    const BreakerRecord* own = tripped(target);
    return own != nullptr ? own : tripped("");
}

std::vector<BreakerRecord> BreakerBook::all_tripped() const {
    std::vector<BreakerRecord> records;
    for (const auto& [scope, breaker] : breakers_) {
        if (breaker.record.tripped) {
            records.push_back(breaker.record);
        }
    }
    return records;
}

void BreakerBook::trip(BreakerRecord record) {
    Breaker& breaker = breakers_[record.target];
    breaker.record = std::move(record);
}

void BreakerBook::reset(const BreakerRecord& record, Instant at) {
    breakers_[record.target] = Breaker{record, at};
}

void BreakerBook::restore(const BreakerRecord& record, Instant at) {
    breakers_[record.target] = Breaker{record, record.tripped ? Instant::min() : at};
}

void BreakerBook::note_illness(Instant at, const std::string& target) {
    while (!illnesses_.empty() && (illnesses_.size() >= max_illnesses ||
                                   illnesses_.front().at < at - breaker_memory - illness_follows)) {
        illnesses_.pop_front();
    }
    illnesses_.push_back({at, target});
}

Instant BreakerBook::counts_from(Instant now, const std::string& scope) const {
    const auto found = breakers_.find(scope);
    const Instant reset_at = found == breakers_.end() ? Instant::min() : found->second.reset_at;
    return std::max(now - breaker_memory, reset_at);
}

std::optional<Trip> BreakerBook::judge_actions(Instant now,
                                               const std::string& scope,
                                               const BreakerRule& rule,
                                               const ActionBook& actions) const {
    if (tripped(scope) != nullptr) {
        return std::nullopt;
    }
    const std::uint32_t factor = scope.empty() ? host_factor : 1;
    const auto verified =
        actions.last_verified(scope, counts_from(now, scope), std::size_t{rule.window} * factor);
    std::vector<std::string> worse;
    std::vector<std::string> no_effect;
    for (const RememberedAction* action : verified) {
        if (action->outcome == Outcome::worse) {
            worse.push_back(action->id);
        } else if (action->outcome == Outcome::unchanged || action->relapsed) {
            no_effect.push_back(action->id);
        }
    }
    if (auto trip = too_many(
            worse, rule.worse * factor, verified.size(), "worse", "actions made it worse")) {
        return trip;
    }
    return too_many(no_effect,
                    rule.no_effect * factor,
                    verified.size(),
                    "no_effect",
                    "actions had no lasting effect");
}

std::optional<Trip> BreakerBook::judge_illness(Instant now, const ActionBook& actions) const {
    if (tripped("") != nullptr) {
        return std::nullopt;
    }
    const Instant from = counts_from(now, "");
    for (const RememberedAction* action : actions.effective_since(now - illness_follows)) {
        if (*action->started < from) {
            continue;
        }
        if (auto trip = judge_illness_after(*action, now, from)) {
            return trip;
        }
    }
    return std::nullopt;
}

std::optional<Trip> BreakerBook::judge_illness_after(const RememberedAction& action,
                                                     Instant now,
                                                     Instant from) const {
    const Instant begin = *action.started;
    std::set<std::string> ill;
    std::uint32_t before = 0;
    for (const Illness& illness : illnesses_) {
        if (illness.at >= begin && illness.at >= from && illness.target != action.target) {
            ill.insert(illness.target);
        } else if (illness.at < begin && illness.at >= begin - breaker_memory) {
            ++before;
        }
    }
    const double expected = static_cast<double>(before) *
                            static_cast<double>((now - begin).count()) /
                            static_cast<double>(breaker_memory.count());
    if (ill.size() < least_new_illness ||
        static_cast<double>(ill.size()) <= illness_factor * expected) {
        return std::nullopt;
    }
    return Trip{"new_illness",
                std::to_string(ill.size()) + " other targets turned ill within " +
                    duration_text(now - begin) + " of action " + action.id + ": " +
                    joined({ill.begin(), ill.end()})};
}

}  // namespace primum::core
